from payments.referrals.models.referral_reward import ReferralReward

__all__ = ["ReferralReward"]
