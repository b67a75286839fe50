/**
 * A host that never sleeps: it sits in a room and answers knocks by a rule. Whoever is on the list comes in, and so does whoever has an
 * e-mail address of our domain; all others are left to the hosts in the room, or sent away where there is none.
 *
 * What somebody says of their own address is a claim. Take a rule like this only where your own page fills it in, or where letting a
 * stranger in is no harm; where it is, put what you know into the token.
 */
import console from "node:console";
import process from "node:process";
import { WebSocket } from "ws";
import { initializeToken, initMeeting, MeetingError } from "admitone/client";
import { createRestClient, createTokenBuilder } from "admitone/server";

const {
  GATEWAY_URL: url = "http://127.0.0.1:8080",
  // Those of a gateway that was started without any, on this machine.
  API_KEY: apiKey = "development",
  API_SECRET: secret = "development-only-never-off-loopback",
  ROOM: room = "front-desk",
  // Participant ids, separated by commas.
  GUESTS: guests = "",
  DOMAIN: domain = "example.com",
} = process.env;
const BOT = "door-bot";

const listed = new Set(guests.split(",").filter((id) => id !== ""));

/** Why somebody may come in; null: the rule does not say so. */
function reasonFor({ participantId, metaData }) {
  if (listed.has(participantId)) return "on the list";
  const email = metaData?.email;
  return typeof email === "string" && email.toLowerCase().endsWith(`@${domain}`) ? `of ${domain}` : null;
}

/** Node before version 22 has no WebSocket of its own. */
function openSocket(address, protocols) {
  const socket = new WebSocket(address, [...protocols]);
  socket.on("error", () => undefined);
  return {
    listen({ message, closed }) {
      socket.on("message", (data) => message(data.toString()));
      socket.on("close", (code, reason) => closed(code, reason.toString()));
    },
    send: (text) => socket.send(text),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
}

const { roomId } = await createRestClient({ url, apiKey, secret }).rooms.create({ customRoomId: room });
const tokens = createTokenBuilder({ apiKey, secret });
const makeToken = () => tokens.host({ roomId, participantId: BOT, ttlSeconds: 3_600 });
// Asks for the next one by itself, long before this one ends.
const token = initializeToken(makeToken(), makeToken);
const meeting = initMeeting({ url, token, name: "Front desk", openSocket });

meeting.on("entry-requested", async (request) => {
  const who = request.name || request.participantId;
  const reason = reasonFor(request);
  const others = [...meeting.participants.values()].filter(({ isHost }) => isHost);
  try {
    if (reason !== null) {
      await request.allow();
      console.log(`${who}: let in, ${reason}`);
    } else if (others.length > 0) {
      console.log(`${who}: left to ${others.map(({ displayName }) => displayName).join(", ")}`);
    } else {
      await request.deny({ note: "Nobody is here who could let you in. Please write to us first." });
      console.log(`${who}: sent away`);
    }
  } catch (error) {
    // Somebody else was faster, or they have gone.
    if (!(error instanceof MeetingError)) throw error;
    console.log(`${who}: ${error.message}`);
  }
});
meeting.on("error", (error) => console.error(error.message));
meeting.on("meeting-left", ({ text }) => {
  token.stop();
  console.log(`The bot is out: ${text}`);
});
process.once("SIGTERM", () => void meeting.leave());
process.once("SIGINT", () => void meeting.leave());

await meeting.join();
console.log(`The bot answers knocks in ${room} (${roomId})`);
