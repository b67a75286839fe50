/**
 * Every set of permissions and roles at both doors, generated: what the door says, and what a room then makes of it. The oracle is
 * written from design.md section 3, not from the code. What those inside may do is `room/authority-matrix.test.ts`.
 */
import { describe, expect, test } from "@jest/globals";
import { decide } from "../../../src/room/decide.js";
import { NO_BACK_OFFICE } from "../../../src/room/events.js";
import { evolve } from "../../../src/room/evolve.js";
import type { Grant, Permission, Role } from "../../../src/room/grant.js";
import { NO_ROOM, type RoomState } from "../../../src/room/state.js";
import { createAppKeys } from "../../../src/tokens/key-ring.js";
import { mintToken } from "../../../src/tokens/mint.js";
import { createVerifier } from "../../../src/tokens/verify.js";
import { appWith, keyWith } from "./craft.js";

const NOW = 1_800_000_000_000;
const KEY = { apiKey: "k", secret: "the-secret-of-the-matrix-0123456789" };
const verifier = createVerifier({
  apps: createAppKeys([appWith("a", KEY.secret, { keys: [keyWith(KEY.apiKey, KEY.secret)] })]),
  now: () => NOW,
  toleranceSeconds: 0,
});

const PERMISSIONS: readonly Permission[] = ["allow_join", "ask_join", "allow_mod"];
const SUBSETS = Array.from({ length: 8 }, (_, bits) =>
  PERMISSIONS.filter((_one, index) => (bits >> index) % 2 === 1),
);
const ROLES: readonly (readonly Role[] | null)[] = [null, ["rtc"], ["crawler"], ["rtc", "crawler"]];
const DOORS = ["meeting", "rest"] as const;

const settings = {
  maxParticipants: 5,
  hostAbsent: "hold",
  knockTimeoutMs: 600_000,
  resumeWindowMs: 30_000,
  tokenExpiry: null,
  lobbyForAll: false,
  autoClose: null,
} as const;
const room: RoomState = evolve(NO_ROOM, {
  type: "room-created",
  at: NOW,
  cmd: null,
  body: { roomId: "r", customRoomId: null, permanent: true, settings },
  hidden: { backOffice: NO_BACK_OFFICE },
});

function inRoom(grant: Grant): string {
  const action = {
    type: "join",
    roomId: "r",
    participantId: "p",
    grant,
    pass: null,
    name: "",
    metaData: null,
    micOn: false,
    webcamOn: false,
    line: { connection: "c", node: "n", attempt: 0 },
    secretHash: "h",
    opensWith: null,
  } as const;
  const id = "a-join-id-of-the-matrix";
  const decision = decide(room, { id, freshId: "f", by: { kind: "newcomer" }, action }, NOW);
  if (!decision.ok) return decision.refusal.reason;
  const rights =
    decision.state.participants.get("p")?.view.permissions ?? decision.state.knocks.get("p")?.prospect.rights;
  return `${String(decision.result["state"])} with ${rights?.join("+") ?? ""}`;
}

/** The rule in words: design.md section 3, "Who may enter" and "roles". */
function expected(
  set: readonly Permission[],
  roles: readonly Role[] | null,
  door: "meeting" | "rest",
): string {
  const [join, ask, mod] = PERMISSIONS.map((one) => set.includes(one));
  if (set.length === 0) return "permissions_invalid";
  // REST opens no room: the samples that put all three into one token and create rooms with it go on working.
  if (door === "meeting" && ask === true && (join === true || mod === true)) return "permissions_invalid";
  if (door === "meeting" && join !== true && ask !== true) return "permissions_invalid";
  const needed = door === "meeting" ? "rtc" : "crawler";
  if (roles !== null && !roles.includes(needed)) return "role_not_allowed";
  if (door === "rest") return "passes";
  if (ask === true) return "waiting with ";
  return mod === true ? "joined with allow_join+allow_mod" : "joined with allow_join";
}

describe("every permission set and role, at every door", () => {
  const cells = SUBSETS.flatMap((set) =>
    ROLES.flatMap((roles) => DOORS.map((door) => ({ set, roles, door }))),
  );
  test.each(cells)("$set, roles $roles, at the $door door", async ({ set, roles, door }) => {
    const given = roles === null ? {} : { roles };
    const token = mintToken({ ...KEY, permissions: set, ttlSeconds: 60, now: () => NOW, ...given });
    const verdict = await verifier.verify(
      token,
      door === "rest" ? { door } : { door, roomId: "r", participantId: null },
    );
    const outcome = !verdict.ok ? verdict.refusal.reason : door === "rest" ? "passes" : inRoom(verdict.grant);
    expect(outcome).toBe(expected(set, roles, door));
  });
  test("none is left out", () => expect(cells).toHaveLength(64));
});
