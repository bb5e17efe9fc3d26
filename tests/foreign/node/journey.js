// Drives a router with node-routeros and prints what it saw as one JSON object.
// node journey.js '{"host": …, "port": …, "username": …, "password": …}' (node_modules beside it)
'use strict';

const { RouterOSAPI } = require('node-routeros');

const login = JSON.parse(process.argv[2]);

function client(changes) {
  return new RouterOSAPI({
    host: login.host, port: login.port, user: login.username, password: login.password,
    timeout: 5, ...changes,
  });
}

function refusal(promise) {
  return promise.then(() => 'no refusal', (error) => error.message || String(error));
}

// Calls `act` once a stream has started and gives the packets it hears until there are `count`.
function heard(api, words, count, act) {
  return new Promise((resolve, reject) => {
    const packets = [];
    const stream = api.stream(words, (error, packet) => {
      if (error) return reject(error);
      packets.push(packet);
      if (packets.length === count) stream.stop().then(() => resolve(packets), reject);
    });
    act().catch(reject);
  });
}

async function main() {
  const told = {};
  told.wrongPassword = await refusal(client({ password: 'wrong' }).connect());
  const api = client({});
  await api.connect();
  told.resource = await api.write('/system/resource/print');
  const [made] = await api.write('/ppp/secret/add', [
    '=name=dulal', '=password=hush', '=service=pppoe', '=profile=Home 30',
  ]);
  const id = `=.id=${made.ret}`;
  await api.write('/ppp/secret/set', [id, '=disabled=yes', '=comment=ispbill:7']);
  told.secret = (await api.write('/ppp/secret/print', ['?name=dulal']))[0];
  await api.write('/ppp/secret/remove', [id]);
  told.names = (await api.write('/ppp/secret/print')).map((row) => row.name);
  await api.write('/queue/simple/add', ['=name=q1', '=target=10.0.0.5', '=max-limit=5M/20M']);
  told.queue = (await api.write('/queue/simple/print', ['?name=q1']))[0];
  told.badLimit = await refusal(
    api.write('/queue/simple/add', ['=name=q2', '=target=10.0.0.6', '=max-limit=abc']),
  );
  told.unknown = await refusal(api.write('/ppp/secret/fly'));
  const both = await Promise.all([
    api.write('/ppp/secret/print', ['=.proplist=name']), api.write('/system/identity/print'),
  ]);
  told.both = both.map((rows) => rows[0].name);
  told.heard = await heard(api, ['/ppp/secret/listen'], 2, async () => {
    const [eva] = await api.write('/ppp/secret/add', ['=name=eva', '=profile=Home 30']);
    await api.write('/ppp/secret/remove', [`=.id=${eva.ret}`]);
  });
  told.afterListening = (await api.write('/system/identity/print'))[0].name;
  await api.close();
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.stack || error}\n`);
  process.exitCode = 1;
});
