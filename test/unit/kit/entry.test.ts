/** The entry `admitone/server` as other packages get it: built, by its name, with its types. `npm run build` makes it. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = new URL("../../../", import.meta.url).pathname;
/** The compiler reads thousands of lines of other packages. */
const COMPILER_MS = 120_000;

/** Somebody's back end. Every mistake in it must be one for the compiler: then the types are there, and are not `any`. */
const CONSUMER = `
import express from "express";
import {
  createRestClient, createSeenMessages, createTokenBuilder, createWebhookVerifier, grantOf, requireToken, RestError, webhookReceiver,
  type Grant, type Listing, type Room, type WebhookMessage,
} from "admitone/server";

const key = { apiKey: "my-key", secret: "a-secret-of-32-bytes-or-more-0123" };
const tokens = createTokenBuilder(key);
const token: string = tokens.guest({ roomId: "weekly", participantId: "ann" });
// @ts-expect-error a guest's token cannot be given rights
tokens.guest({ permissions: ["allow_mod"] });
// @ts-expect-error ask_join stands alone
tokens.sign({ permissions: ["ask_join", "allow_join"], ttlSeconds: 60 });

const gateway = createRestClient({ url: "https://meet.example", ...key, fetch, now: Date.now, timeoutMs: 5_000 });
export async function main(): Promise<void> {
  const room: Room = await gateway.rooms.create({ maxParticipants: 5 });
  // @ts-expect-error settings have their kinds
  await gateway.rooms.create({ maxParticipants: "5" });
  const seats: number = room.settings.maxParticipants;
  // @ts-expect-error there is no such member
  room.settings.seats;
  const rooms: Listing<Room> = gateway.rooms.list();
  for await (const { roomId } of rooms) roomId.toUpperCase();
  for await (const told of gateway.events.follow(room.roomId)) {
    if (told.kind === "room") told.room.participants.map(({ name }) => name.length);
    else if (told.event.type === "participant-joined") told.event.participant.joinedAt.toFixed();
    // @ts-expect-error other events have other members
    else told.event.participant;
  }
  await gateway.lobby.admit(room.roomId, "ann").catch((error: unknown) => {
    if (error instanceof RestError && error.code === "already_decided") return error.details["decidedBy"];
    throw error;
  });
  console.log(token, seats);
}

const app = express();
app.get("/files", requireToken({ apps: [key], permissions: ["allow_mod"] }), (_request, response) => {
  const grant: Grant = grantOf(response);
  response.json(grant.roomId);
});
const handle = (message: WebhookMessage): string | null => {
  switch (message.webhookType) {
    case "participant-left":
      return message.data.reason.message;
    case "unknown":
      return message.named;
    default:
      return null;
  }
};
app.post("/hook", webhookReceiver({ secrets: ["whsec_x"], seen: createSeenMessages(), handle }));
// @ts-expect-error a verifier has secrets
createWebhookVerifier({});
`;

describe("admitone/server", () => {
  let folder: string;
  beforeAll(async () => {
    // Inside the package, so that it is found by its name.
    await mkdir(path.join(root, ".cache"), { recursive: true });
    folder = await mkdtemp(path.join(root, ".cache", "kit-consumer-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("is what package.json names, and what the sources export", async () => {
    const file = path.join(folder, "names.mjs");
    await writeFile(
      file,
      'import * as kit from "admitone/server";\nconsole.log(JSON.stringify(Object.keys(kit)));\n',
    );
    const { stdout } = await run(process.execPath, [file]);
    const names: unknown = JSON.parse(stdout);
    expect(names).toEqual([
      ...["RestError", "TokenOptionsError", "WebhookError", "createAppKeys", "createIssuerKeys"],
      ...["createRestClient", "createSeenMessages", "createTokenBuilder", "createVerifier"],
      ...["createWebhookVerifier", "decodeApps", "grantOf", "requireToken", "webhookReceiver"],
    ]);
    const source = await import("../../../src/kit/kit.js");
    expect(Object.keys(source).sort()).toEqual(names);
  });

  test("carries nothing of the gateway's own: no store, no sockets, no rooms", async () => {
    const bundle = await readFile(path.join(root, "dist", "kit.js"), "utf8");
    const imported = [...bundle.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name]) => name);
    expect([...new Set(imported)].filter((name) => name?.startsWith("node:") !== true).sort()).toEqual([
      ...["jose", "jsonwebtoken", "zod"],
    ]);
  });

  test("its types need nothing of the gateway's own either", async () => {
    const types = path.join(root, "dist", "types");
    const insides = ["access", "admissions", "archive", "gateway", "log", "webhooks", "ws"];
    expect((await readdir(types)).filter((folder) => insides.includes(folder))).toEqual([]);
    const ofApi = await readdir(path.join(types, "http", "api"));
    expect(ofApi).toContain("room-shapes.d.ts");
    expect(ofApi.filter((name) => !/(shapes|bodies)\.d\.ts$/.test(name))).toEqual([]);
  });

  test(
    "compiles in somebody's back end, as the guide shows it, and mistakes do not",
    async () => {
      await writeFile(path.join(folder, "consumer.mts"), CONSUMER);
      const guide = await readFile(path.join(root, "docs", "server-kit.md"), "utf8");
      const shown = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
      expect(shown.length).toBeGreaterThan(4);
      // What is made and not used there is used by the reader.
      const used = "export { pupil, teacher, visitor, watch };\n";
      await writeFile(path.join(folder, "guide.mts"), `${shown.join("\n")}${used}`);
      const options = {
        extends: "../../tsconfig.json",
        compilerOptions: { rootDir: "../.." },
        include: ["consumer.mts", "guide.mts"],
      };
      await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify(options));
      const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");
      const said = await run(process.execPath, [compiler, "-p", folder]).catch((error: unknown) => error);
      expect(said).toMatchObject({ stdout: "" });
    },
    COMPILER_MS,
  );
});
