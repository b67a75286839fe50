/**
 * Dolby.io's own Node client in a process of its own, for `dolby-client.ts`: what it is told to call, it calls, and tells what
 * came of it. It speaks HTTPS on port 443 of two host names and cannot be told otherwise (`reference/dolby.md` section 8); here
 * what it sends there goes to a port of this machine instead, as it is. The client's own code is untouched.
 */
import http from "node:http";
import https from "node:https";
import process from "node:process";

const HOSTS = { api: "api.gateway.test", comms: "comms.gateway.test" };
const port = Number(process.argv[2]);

https.request = ({ hostname, port: meant, method, path, headers }, listener) => {
  const isOurs = Object.values(HOSTS).some((host) => hostname === host || hostname.endsWith(`.${host}`));
  if (!isOurs || meant !== 443) throw new Error(`not for this gateway: ${hostname}:${meant}`);
  return http.request(
    { host: "127.0.0.1", port, method, path, headers: { ...headers, host: hostname } },
    listener,
  );
};

const { default: client } = await import("@dolbyio/dolbyio-rest-apis-client");
client.urls.initialize(HOSTS);

process.on("message", ({ id, call, args }) => {
  const made = call.split(".").reduce((part, name) => part[name], client);
  made(...args).then(
    (value) => process.send({ id, ok: true, value: value ?? null }),
    (error) => process.send({ id, ok: false, value: typeof error === "string" ? error : String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
process.send({ version: client.version });
