// The other side of a webhook, by the foreign library: it prints one line of JSON for each thing that it sees.
//   node verify.mjs receive SECRET      answers 204 to what it verifies, 400 to the rest; first prints its port
//   node verify.mjs send SECRET URL     sends what must be accepted and what must be refused; prints name and status
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const [mode, secret, url] = process.argv.slice(2);
const webhook = new Webhook(secret);
const print = (line) => console.log(JSON.stringify(line));

function verified(body, headers) {
  try {
    return { verified: true, payload: webhook.verify(body, headers) };
  } catch (e) {
    return { verified: false, error: e.message };
  }
}

function receive() {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const seen = verified(body, request.headers);
      const tampered = verified(Buffer.concat([body, Buffer.from(" ")]), request.headers);
      print({ ...seen, id: request.headers["webhook-id"], tamperedIsRefused: !tampered.verified });
      response.writeHead(seen.verified ? 204 : 400).end();
    });
  });
  server.listen(0, "127.0.0.1", () => print({ port: server.address().port }));
  // The test ends us by closing our input.
  process.stdin.on("end", () => process.exit(0)).resume();
}

async function send() {
  const minute = 60_000;
  const other = new Webhook("whsec_" + Buffer.alloc(32, 7).toString("base64"));
  const body = (message) => JSON.stringify({ message, name: "Grüße 🐪" });
  const post = async (name, id, time, signature, payload) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(time.getTime() / 1000)),
        "webhook-signature": signature,
      },
      body: payload,
    });
    await answer.arrayBuffer();
    print({ name, status: answer.status });
  };
  const now = new Date();
  const old = new Date(now.getTime() - 6 * minute);
  const early = new Date(now.getTime() + 6 * minute);
  const late = new Date(now.getTime() - 4 * minute);
  const sign = (by, id, time, payload) => by.sign(id, time, payload);

  await post("signed", "m-signed", now, sign(webhook, "m-signed", now, body("signed")), body("signed"));
  await post("again", "m-signed", now, sign(webhook, "m-signed", now, body("signed")), body("signed"));
  await post("late", "m-late", late, sign(webhook, "m-late", late, body("late")), body("late"));
  const both = sign(other, "m-both", now, body("both")) + " " + sign(webhook, "m-both", now, body("both"));
  await post("both", "m-both", now, both, body("both"));
  await post("tampered", "m-tampered", now, sign(webhook, "m-tampered", now, body("x")), body("tampered"));
  await post("renamed", "m-renamed", now, sign(webhook, "m-other", now, body("renamed")), body("renamed"));
  await post("old", "m-old", old, sign(webhook, "m-old", old, body("old")), body("old"));
  await post("early", "m-early", early, sign(webhook, "m-early", early, body("early")), body("early"));
  await post("foreign", "m-foreign", now, sign(other, "m-foreign", now, body("foreign")), body("foreign"));
}

await (mode === "receive" ? receive() : send());
