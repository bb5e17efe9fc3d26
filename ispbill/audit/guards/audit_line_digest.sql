-- Keeps what a seal is made of: SHA-256 of an audit event, every column in a fixed order.
-- Rule: ispbill.audit.services.seals
-- Test: tests/audit/test_seals.py
CREATE OR REPLACE FUNCTION audit_line_digest(e audit_auditevent) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(e.id, extract(epoch FROM e.at), e.actor_id,
        e.actor_name, e.acting_as, e.action, e.target_type, e.target_id, e.target_label,
        e.customer_id, e.branch_id, e.reason, e.before, e.after, e.request_id,
        host(e.ip))::text, 'UTF8')), 'hex')
$$;
