// Amounts as the server writes and reads them (ispbill/core/formats.py, ispbill/core/money.py).
// The only place in the browser that does; the style is the server's (`{% money_style %}`).
(function () {
  "use strict";
  const BANGLA = "০১২৩৪৫৬৭৮৯";
  const MARKS = /(?:৳|₹|Tk\.?|Rs\.?|R|BDT|INR|ZAR)/i;

  const latin = (text) => [...text].map((sign) => (BANGLA.includes(sign) ? String(BANGLA.indexOf(sign)) : sign)).join("");
  const bangla = (text) => text.replace(/\d/g, (digit) => BANGLA[Number(digit)]);

  // Whole cents, or null for what the server will have to judge; nothing typed is 0.
  function cents(text) {
    const tidy = latin(String(text)).replace(/[\s\u00a0\u202f]+/g, " ").replace(MARKS, "").replace(/\/-\s*$/, "").trim();
    if (tidy === "") return 0;
    // A dot begins the decimals; a comma does so when one or two digits follow and no dot does.
    const match = /^([\d ,]{1,14})(?:\.(\d{0,2}))?$/.exec(tidy.includes(".") ? tidy : tidy.replace(/,(\d{1,2})$/, ".$1"));
    const whole = match && match[1].replace(/[ ,]/g, "");
    return whole && whole.length < 10 ? Number(whole) * 100 + Number((match[2] || "").padEnd(2, "0")) : null;
  }

  function grouped(whole, style) {
    const width = style.grouping === "lakh" ? 2 : 3;
    let head = whole.slice(0, -3);
    const groups = [whole.slice(-3)];
    while (head) { groups.unshift(head.slice(-width)); head = head.slice(0, -width); }
    return groups.join(style.group);
  }

  // The style is that of `ispbill.core.formats.Style`, two decimals.
  function written(amount, style) {
    const part = Math.abs(amount) % 100;
    const whole = String(Math.floor(Math.abs(amount) / 100));
    const decimals = style.hide_zero_decimals && !part ? "" : style.point + String(part).padStart(2, "0");
    const text = (amount < 0 ? "\u2212" : "") + style.symbol + grouped(whole, style) + decimals;
    return style.bangla_digits ? bangla(text) : text;
  }

  // Whole cents as every program reads them: "1234.50".
  const plain = (amount) => `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")}`;

  window.ispbill = Object.assign(window.ispbill || {}, { money: { cents, latin, plain, written } });
})();
