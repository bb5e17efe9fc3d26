// Make the calls of the first argument with SSLCommerz' own SDK, one after the other in one
// process, and print what came of each. {base, store_id, store_passwd, calls: [[method, data]]}
const SSLCommerzPayment = require("sslcommerz-lts");

const told = JSON.parse(process.argv[2]);
const store = new SSLCommerzPayment(told.store_id, told.store_passwd, false);
for (const name of Object.keys(store)) {
  if (name.endsWith("URL")) store[name] = store[name].replace(/^https:\/\/[^/]+/, told.base);
}

(async () => {
  const answers = [];
  for (const [method, data] of told.calls) {
    const answer = await store[method](data);
    answers.push(answer instanceof Error ? { lost: answer.message } : answer);
  }
  console.log(JSON.stringify(answers));
})();
