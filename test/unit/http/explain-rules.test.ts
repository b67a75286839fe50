/** Which rule the door names, where conferences and one-time tokens decide. */
import { expect, test } from "@jest/globals";
import { ruleOfEntering, ruleOfKnocking, ruleOfRefusal } from "../../../src/http/api/explain-rules.js";
import type { Grant } from "../../../src/room/grant.js";
import { CLIENT, client, conference, invite, seatWith } from "../room/conference-support.js";
import { Room, admit, grant, yes } from "../room/support.js";

const clientOf = (participantId: string, part: Partial<Grant> = {}): Grant =>
  grant("token", { ...CLIENT, participantId, ...part });

test("a client access token knocks at a plain room, and enters a conference by JOIN", () => {
  expect(ruleOfKnocking(new Room().state, "ann", clientOf("ann")).id).toBe("E3");
  const room = conference();
  expect(ruleOfEntering(room.state, "ann", clientOf("ann")).id).toBe("K4");
  yes(room.api(invite({ ann: ["SEND_AUDIO"] })));
  expect(ruleOfKnocking(room.state, "ann", clientOf("ann")).id).toBe("K4");
});

test("who was let in without JOIN enters again for having been in", () => {
  const room = conference();
  seatWith(room, "host", ["INVITE"]);
  yes(room.api(invite({ ann: [] })));
  yes(room.join("ann", client()));
  yes(room.as("host", admit("ann")));
  yes(room.as("ann", { type: "leave" }));
  expect(ruleOfEntering(room.state, "ann", clientOf("ann")).id).toBe("E4");
});

test("in a lobby for all the rights that are held in the room decide, not those of the token", () => {
  const room = new Room({ lobbyForAll: true });
  const moderator = grant("token", { participantId: "ann", permissions: ["allow_join", "allow_mod"] });
  expect(ruleOfEntering(room.state, "ann", moderator).id).toBe("E3");
  yes(room.join("ann", { permissions: ["allow_join", "allow_mod"] }));
  yes(room.join("bob", { permissions: ["allow_join", "allow_mod"] }));
  yes(room.api({ type: "take-permission", participantId: "ann", permission: "allow_mod" }));
  yes(room.as("ann", { type: "leave" }));
  expect(ruleOfEntering(room.state, "ann", moderator).id).toBe("E4");
});

test.each([
  ["token_used", "E16"],
  ["conference_token_missing", "K8"],
  ["conference_token_invalid", "K8"],
] as const)("%s is refused by %s", (reason, rule) => {
  expect(ruleOfRefusal(reason).id).toBe(rule);
});
