/**
 * A door in an Express app that has a sign-in of its own: whoever is signed in gets to a meeting by `/join/<lesson>`. Teachers moderate,
 * everybody else knocks. The three parts that matter are marked; the rest stands for what your app has already.
 */
import console from "node:console";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import process from "node:process";
import express from "express";
import { createRestClient, createTokenBuilder, grantOf, requireToken, RestError } from "admitone/server";

const {
  GATEWAY_URL: url = "http://127.0.0.1:8080",
  // Those of a gateway that was started without any, on this machine.
  API_KEY: apiKey = "development",
  API_SECRET: secret = "development-only-never-off-loopback",
  PORT: port = "3000",
  // Everybody's, in this example.
  DEMO_PASSWORD: password = randomBytes(6).toString("hex"),
} = process.env;

const people = new Map([
  ["tina", { teaches: true }],
  ["paul", { teaches: false }],
]);
const lessons = new Set(["maths", "art"]);
const sessions = new Map();
const digest = (text) => createHash("sha256").update(text).digest();

const app = express();
app.disable("x-powered-by");
app.use(express.urlencoded({ extended: false }));
app.use((request, response, next) => {
  const cookie = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? "");
  response.locals.user = sessions.get(cookie?.[1]) ?? null;
  next();
});
app.get("/", (_request, response) => {
  response.send(`<!doctype html><title>Our school</title>
    <form method="post" action="/login">
      <input name="user" aria-label="User" /> <input name="password" type="password" aria-label="Password" />
      <button>Sign in</button>
    </form>`);
});
app.post("/login", (request, response) => {
  const { user = "", password: shown = "" } = request.body ?? {};
  if (!people.has(user) || !timingSafeEqual(digest(String(shown)), digest(password)))
    return response.status(401).send("That is not right");
  const session = randomBytes(24).toString("base64url");
  sessions.set(session, user);
  response.cookie("session", session, { httpOnly: true, sameSite: "lax" });
  return response.redirect(303, "/join/maths");
});

// 1. A client for the gateway, and what makes tokens. The secret stays in this program.
const gateway = createRestClient({ url, apiKey, secret });
const tokens = createTokenBuilder({ apiKey, secret });

// 2. The door. Your app says who somebody is and what they may; the token says it to the gateway.
app.get("/join/:lesson", async (request, response) => {
  const { user } = response.locals;
  const { lesson } = request.params;
  if (user === null) return response.redirect(303, "/");
  if (!lessons.has(lesson)) return response.status(404).send("There is no such lesson");
  const { teaches } = people.get(user);
  try {
    // The room is made when it is first needed, and found again by its name afterwards.
    const { roomId } = await gateway.rooms.create({ customRoomId: lesson });
    const about = { roomId, participantId: user };
    const token = teaches ? tokens.moderator(about) : tokens.guest(about);
    response.set("Cache-Control", "no-store");
    // Behind the #, so that no server and no log on the way sees it.
    return response.redirect(303, `${url}/m/${encodeURIComponent(roomId)}#token=${token}`);
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    console.error(error.message);
    return response.status(503).send("The meeting cannot be opened now. Try again in a moment.");
  }
});

// 3. The same token opens routes of yours, such as what is handed out in a lesson.
const inMeeting = requireToken({ apps: [{ apiKey, secret }], role: "rtc" });
app.get("/handouts", inMeeting, (_request, response) => {
  const { roomId, participantId } = grantOf(response);
  response.json({ roomId, for: participantId, handouts: ["fractions.pdf"] });
});

const server = app.listen(Number(port), "127.0.0.1", () => {
  console.log(`Sign in at http://127.0.0.1:${server.address().port}/ as tina or paul`);
  if (process.env.DEMO_PASSWORD === undefined) console.log(`The password of both is ${password}`);
});
