/**
 * A back end that makes tokens for people who are signed in already. It stands behind your own sign-in, which tells who somebody is in
 * two headers, as oauth2-proxy and its like do: `X-Forwarded-User` and `X-Forwarded-Groups`. It serves this machine only, so that nobody
 * but that proxy can say who they are.
 */
import console from "node:console";
import { createServer } from "node:http";
import process from "node:process";
import { URL } from "node:url";
import { createRestClient, createTokenBuilder, RestError, TokenOptionsError } from "admitone/server";

const {
  GATEWAY_URL: url = "http://127.0.0.1:8080",
  // Those of a gateway that was started without any, on this machine.
  API_KEY: apiKey = "development",
  API_SECRET: secret = "development-only-never-off-loopback",
  PORT: port = "3001",
} = process.env;

const gateway = createRestClient({ url, apiKey, secret });
const tokens = createTokenBuilder({ apiKey, secret });
/** Short, since a page that is open asks for the next one by itself. */
const LIFE_SECONDS = 900;

/** Who asks, as the sign-in says; null: nobody is signed in. */
function visitorOf({ headers }) {
  const user = headers["x-forwarded-user"];
  if (typeof user !== "string" || user === "") return null;
  const groups = String(headers["x-forwarded-groups"] ?? "").split(",");
  return { user, isHost: groups.includes("hosts") };
}

/** Hosts open the room by coming to it; others come to rooms that are there. */
async function roomFor({ isHost }, name) {
  return isHost ? gateway.rooms.create({ customRoomId: name }) : gateway.rooms.validate(name);
}

async function answer(request) {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (request.method !== "GET" || pathname !== "/token") return [404, { error: "There is nothing here" }];
  const visitor = visitorOf(request);
  if (visitor === null) return [401, { error: "Sign in first" }];
  const { roomId } = await roomFor(visitor, searchParams.get("room") ?? "");
  const about = { roomId, participantId: visitor.user, ttlSeconds: LIFE_SECONDS };
  const token = visitor.isHost ? tokens.moderator(about) : tokens.guest(about);
  return [200, { token, roomId, gateway: url }];
}

/** What went wrong, in words for the page; what only we should know goes to the log. */
function failure(error) {
  if (error instanceof TokenOptionsError) return [400, { error: `No token: ${error.message}` }];
  if (error instanceof TypeError) return [400, { error: "Name a room" }];
  if (error instanceof RestError && error.status >= 400 && error.status < 500 && error.status !== 401)
    return [error.status, { error: error.message, code: error.code }];
  console.error(error);
  return [503, { error: "The meeting server cannot be asked now" }];
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(request).catch(failure);
  // A token is for one person: nothing on the way may keep it.
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(body));
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`Tokens at http://127.0.0.1:${server.address().port}/token?room=<name>`);
});
