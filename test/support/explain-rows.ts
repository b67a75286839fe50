/** Who comes to the meeting door with what, in which room, and what the dry run of their token has to say about it. */
import { expect } from "@jest/globals";
import { randomBytes } from "node:crypto";
import type { MintOptions } from "../../src/tokens/mint.js";
import { eventually } from "./eventually.js";
import { GUEST, HOST, MODERATOR } from "./meeting.js";
import { Peer, type Json } from "./peer.js";
import type { Rest } from "./rest.js";

/** A secret that no key has. */
export const SECRET = "another-secret-of-nobody-0123456789-abc";

/** Who comes to the door with what, and what a client asks for there. */
export interface Visitor {
  readonly token: string;
  readonly roomId?: string | undefined;
  readonly participantId?: string | undefined;
}

/** What a row needs: the rest of the gateway, and the room in question. */
export interface Scene {
  readonly rest: Rest;
  readonly roomId: string;
  readonly at: string;
  readonly claims: (claims: Partial<MintOptions> & Pick<MintOptions, "permissions">) => string;
  readonly hosted: () => Promise<Peer>;
}

/** A visitor to a room, and what becomes of them by which rule. */
export interface Row {
  readonly settings?: Json;
  readonly visitor: (scene: Scene) => Visitor | Promise<Visitor>;
  readonly outcome: "enter" | "knock" | "hold" | "refuse";
  readonly rule: string;
  readonly code?: string;
}

const ROOM = ({ roomId }: Scene) => ({ roomId });
const plain =
  (permissions: MintOptions["permissions"], claims: Partial<MintOptions> = {}) =>
  (scene: Scene): Visitor => ({ token: scene.claims({ permissions, ...claims }), ...ROOM(scene) });
const hosted =
  (visitor: Row["visitor"]): Row["visitor"] =>
  async (scene) => {
    await scene.hosted();
    return visitor(scene);
  };
const bound = (scene: Scene, permissions: MintOptions["permissions"]): Visitor => ({
  token: scene.claims({ permissions, roomId: scene.roomId, participantId: "v" }),
});

/** By what the case is. */
export const ROWS: Readonly<Record<string, Row>> = {
  "allow_join in an empty room": { visitor: plain(HOST), outcome: "enter", rule: "E3" },
  "allow_join with a host": { visitor: hosted(plain(HOST)), outcome: "enter", rule: "E3" },
  "ask_join with a host": { visitor: hosted(plain(GUEST)), outcome: "knock", rule: "E3" },
  "ask_join without a host": { visitor: plain(GUEST), outcome: "hold", rule: "L2" },
  "ask_join without a host, where knocks are refused then": {
    settings: { hostAbsent: "refuse" },
    visitor: plain(GUEST),
    outcome: "refuse",
    rule: "L2",
    code: "host_absent",
  },
  "everybody knocks": {
    settings: { lobbyForAll: true },
    visitor: hosted(plain(HOST)),
    outcome: "knock",
    rule: "E15",
  },
  "everybody knocks, but moderators": {
    settings: { lobbyForAll: true },
    visitor: hosted(plain(MODERATOR)),
    outcome: "enter",
    rule: "E3",
  },
  "a full room": {
    settings: { maxParticipants: 1 },
    visitor: hosted(plain(HOST)),
    outcome: "refuse",
    rule: "E10",
    code: "room_full",
  },
  "a locked room": {
    visitor: async (scene) => {
      await scene.hosted();
      await scene.rest.post(`${scene.at}/lock`, { locked: true });
      return plain(GUEST)(scene);
    },
    outcome: "refuse",
    rule: "E11",
    code: "room_locked",
  },
  "a disabled room": {
    visitor: async (scene) => {
      await scene.rest.post(scene.at, { status: "disabled" });
      return plain(HOST)(scene);
    },
    outcome: "refuse",
    rule: "E13",
    code: "room_disabled",
  },
  "an id that is not on the list": {
    settings: { allowedParticipantIds: ["somebody"] },
    visitor: (scene) => ({ ...plain(HOST)(scene), participantId: "v" }),
    outcome: "refuse",
    rule: "E14",
    code: "participant_not_allowed",
  },
  "an id that is banned": {
    visitor: async (scene) => {
      await scene.rest.post(`${scene.at}/bans`, { participantId: "v" });
      return bound(scene, HOST);
    },
    outcome: "refuse",
    rule: "E9",
    code: "banned",
  },
  "a token whose owner was removed": {
    visitor: async (scene) => {
      await scene.hosted();
      const visitor = bound(scene, HOST);
      const { peer } = await Peer.join(scene.rest.sockets, { ...visitor });
      await eventually(async () => {
        expect((await scene.rest.post(`${scene.at}/participants/v/remove`)).status).toBe(200);
      });
      await peer.ended();
      return visitor;
    },
    outcome: "refuse",
    rule: "E9",
    code: "removed",
  },
  "somebody who was denied a moment ago": {
    visitor: async (scene) => {
      const host = await scene.hosted();
      const visitor = bound(scene, GUEST);
      const { peer } = await Peer.join(scene.rest.sockets, { ...visitor });
      expect(await host.ask({ type: "deny", participantId: "v" })).toMatchObject({ ok: true });
      await peer.ended();
      return visitor;
    },
    outcome: "refuse",
    rule: "L6",
    code: "cooling_down",
  },
  "somebody who was in during this session": {
    visitor: async (scene) => {
      const host = await scene.hosted();
      const visitor = bound(scene, GUEST);
      const { peer } = await Peer.join(scene.rest.sockets, { ...visitor });
      expect(await host.ask({ type: "admit", participantId: "v" })).toMatchObject({ ok: true });
      await peer.room();
      expect(await peer.ask({ type: "leave" })).toMatchObject({ ok: true });
      await peer.ended();
      return visitor;
    },
    outcome: "enter",
    rule: "E4",
  },
  "somebody who was sent back to the lobby and left it": {
    visitor: async (scene) => {
      const host = await scene.hosted();
      const visitor = bound(scene, HOST);
      const { peer } = await Peer.join(scene.rest.sockets, { ...visitor });
      expect(await host.ask({ type: "return-to-lobby", participantId: "v" })).toMatchObject({ ok: true });
      await peer.find(({ type }) => type === "lobby");
      expect(await peer.ask({ type: "withdraw" })).toMatchObject({ ok: true });
      await peer.ended();
      return visitor;
    },
    outcome: "knock",
    rule: "E5",
  },
  "a seat that is taken over by its owner": {
    visitor: async (scene) => {
      await scene.hosted();
      await Peer.join(scene.rest.sockets, { ...bound(scene, HOST) });
      return bound(scene, HOST);
    },
    outcome: "enter",
    rule: "E6",
  },
  "an id that somebody claimed, with a token that names it": {
    visitor: async (scene) => {
      await scene.hosted();
      await Peer.join(scene.rest.sockets, { ...plain(HOST)(scene), participantId: "v" });
      return bound(scene, HOST);
    },
    outcome: "enter",
    rule: "E7",
  },
  "an id that is in use, with a token that does not name it": {
    visitor: async (scene) => {
      await Peer.join(scene.rest.sockets, { ...bound(scene, HOST) });
      return { ...plain(HOST)(scene), participantId: "v" };
    },
    outcome: "refuse",
    rule: "E7",
    code: "participant_id_taken",
  },
  "a second knock": {
    visitor: async (scene) => {
      await scene.hosted();
      await Peer.join(scene.rest.sockets, { ...bound(scene, GUEST) });
      return bound(scene, GUEST);
    },
    outcome: "knock",
    rule: "L9",
  },
  "a room that does not exist": {
    visitor: (scene) => ({ token: scene.claims({ permissions: HOST }), roomId: "no-such-room" }),
    outcome: "refuse",
    rule: "E2",
    code: "room_unknown",
  },
  "a room that the token opens": {
    visitor: (scene) => {
      const roomId = `opened-${randomBytes(6).toString("hex")}`;
      return { token: scene.claims({ permissions: HOST, roomId }), roomId };
    },
    outcome: "enter",
    rule: "E3",
  },
  "a room that is asked for by its custom id": {
    settings: { customRoomId: `custom-${randomBytes(6).toString("hex")}` },
    visitor: async (scene) => {
      const { body } = await scene.rest.get(scene.at);
      return { token: scene.claims({ permissions: HOST }), roomId: String(body["customRoomId"]) };
    },
    outcome: "refuse",
    rule: "E2",
    code: "room_unknown",
  },
  "no room at all": {
    visitor: (scene) => ({ token: scene.claims({ permissions: HOST }) }),
    outcome: "refuse",
    rule: "token/room",
    code: "invalid_parameter",
  },
  "a token for another room": {
    visitor: plain(HOST, { roomId: "elsewhere" }),
    outcome: "refuse",
    rule: "token/room",
    code: "room_mismatch",
  },
  "a token for another participant": {
    visitor: (scene) => ({ ...plain(HOST, { participantId: "w" })(scene), participantId: "v" }),
    outcome: "refuse",
    rule: "token/participant",
    code: "participant_mismatch",
  },
  "a token that has expired": {
    visitor: plain(HOST, { ttlSeconds: -1 }),
    outcome: "refuse",
    rule: "token/times",
    code: "token_expired",
  },
  "allow_mod alone": {
    visitor: plain(["allow_mod"]),
    outcome: "refuse",
    rule: "token/permissions",
    code: "permissions_invalid",
  },
  "a token for the REST API only": {
    visitor: plain(HOST, { roles: ["crawler"] }),
    outcome: "refuse",
    rule: "token/role",
    code: "role_not_allowed",
  },
  "a token that somebody else signed": {
    visitor: plain(HOST, { secret: SECRET }),
    outcome: "refuse",
    rule: "token/signature",
    code: "signature_invalid",
  },
  "a key that nobody has": {
    visitor: plain(HOST, { apiKey: "unheard-of" }),
    outcome: "refuse",
    rule: "token/key",
    code: "key_unknown",
  },
  "no token at all": {
    visitor: (scene) => ({ token: "certainly.not.one", ...ROOM(scene) }),
    outcome: "refuse",
    rule: "token/form",
    code: "token_malformed",
  },
};
