import { describe, expect, test } from "@jest/globals";
import { ALL, NINE, client, conference, conferenceOffice, invite } from "./conference-support.js";
import { listOf, passOf, seatWith, setPermissions } from "./conference-support.js";
import { GUEST, HOST, Room, admit, eventOf, give, no, outcome, remove, sendBack } from "./support.js";
import { setMic, setStatus, settings, take, there, yes } from "./support.js";

const BACK_END = { kind: "api", name: null };

describe("a conference is a room", () => {
  test("K1: it is one from its creation on, or never, and is not kept for ever", () => {
    const room = conference();
    expect(there(room.state.room).permanent).toBe(false);
    yes(room.set({ maxParticipants: 3 }));
    yes(room.set({}, { conference: { ...there(conferenceOffice().conference), emptyTtlMs: 5 } }));
    yes(room.api(setStatus("disabled")));
    expect(there(room.state.room)).toMatchObject({ permanent: false, status: "disabled" });
    expect(outcome(room.set({}, { conference: null }))).toBe("not_permitted");
    expect(no(new Room().set({}, conferenceOffice()))).toMatchObject({
      reason: "not_permitted",
      field: "conference",
    });
  });

  test("K1: a join that opens one makes its owner's conference, and no kept room", () => {
    const room = new Room(null);
    const opensWith = { settings: settings(), backOffice: conferenceOffice({ ownerId: "ann" }) };
    const arrival = client();
    yes(room.join("ann", { ...arrival, more: { pass: null, opensWith } }));
    expect(there(room.state.room).permanent).toBe(false);
    expect(listOf(room, "ann")).toEqual(ALL);
  });
});

describe("who enters with what", () => {
  test("K4: a client access token knocks at a plain room, and enters a conference", () => {
    const room = new Room();
    expect(outcome(room.join("ann", client()))).toEqual(["entry-requested"]);
    const other = conference();
    expect(outcome(other.join("ann", client()))).toContain("participant-joined");
    expect(outcome(other.join("bob", { ...client(), bound: false }))).toEqual(["participant-joined"]);
    for (const id of ["ann", "bob"]) expect(listOf(other, id)).toEqual(NINE);
  });

  test("K4: an invitation says the permissions of a proven id, and of no other", () => {
    const room = conference();
    yes(room.api(invite({ ann: ["JOIN", "KICK"] })));
    yes(room.join("ann", { ...client(), bound: false }));
    expect(listOf(room, "ann")).toEqual(NINE);
    // Who proves the id puts out who merely claimed it, and has the invitation.
    expect(outcome(room.join("ann", client()))).toContain("participant-left");
    expect(listOf(room, "ann")).toEqual(["JOIN", "KICK"]);
  });

  test("K4: the owner holds all twelve, by proof", () => {
    const room = conference({ ownerId: "ann" });
    yes(room.join("ann", { ...client(), bound: false }));
    expect(listOf(room, "ann")).toEqual(NINE);
    yes(room.join("ann", client()));
    expect(room.in("ann").view).toMatchObject({
      permissions: ["allow_join", "allow_mod"],
      conferencePermissions: ALL,
    });
    yes(room.api(invite({ boss: ["JOIN"] })));
    const invited = conference({ ownerId: "boss" });
    yes(invited.api(invite({ boss: ["JOIN"] })));
    yes(invited.join("boss", client()));
    expect(listOf(invited, "boss")).toEqual(["JOIN"]);
  });

  test("K4: without JOIN one knocks, and gets it with the seat, for this session", () => {
    const room = conference();
    seatWith(room, "host", ["JOIN", "INVITE"]);
    yes(room.api(invite({ ann: ["SEND_AUDIO"] })));
    expect(outcome(room.join("ann", client()))).toEqual(["entry-requested"]);
    yes(room.as("host", admit("ann")));
    expect(listOf(room, "ann")).toEqual(["JOIN", "SEND_AUDIO"]);
    yes(room.as("ann", { type: "leave" }));
    // E4: let in once, in for the session.
    expect(outcome(room.join("ann", client()))).toEqual(["participant-joined"]);
    expect(listOf(room, "ann")).toEqual(["JOIN", "SEND_AUDIO"]);
    yes(room.as("ann", { type: "leave" }));
    yes(room.as("host", { type: "leave" }));
  });

  test("K4: tokens of the back end enter and knock by their own permissions", () => {
    const room = conference();
    yes(room.join("host", HOST));
    expect(listOf(room, "host")).toEqual(ALL);
    yes(room.join("ann"));
    expect(listOf(room, "ann")).toEqual(["INVITE", ...NINE]);
    expect(room.in("ann").view.permissions).toEqual(["allow_join"]);
    expect(outcome(room.join("bob", GUEST))).toEqual(["entry-requested"]);
    yes(room.as("host", admit("bob")));
    expect(listOf(room, "bob")).toEqual(NINE);
    // An invitation does not spare them the knock that their token asks for.
    yes(room.api(invite({ eve: ALL })));
    expect(outcome(room.join("eve", GUEST))).toEqual(["entry-requested"]);
    yes(room.as("host", admit("eve")));
    expect(listOf(room, "eve")).toEqual(ALL);
  });

  test("K4, E15: in a lobby for all, everybody knocks but who moderates", () => {
    const room = new Room({ lobbyForAll: true }, conferenceOffice({ ownerId: "boss" }));
    expect(outcome(room.join("ann", client()))).toEqual(["entry-requested"]);
    expect(outcome(room.join("boss", client()))).toContain("participant-joined");
  });
});

describe("changes in the room", () => {
  test("K5: what may not be sent any more stops at once", () => {
    const room = conference();
    seatWith(room, "ann", NINE);
    yes(room.as("ann", setMic(true)));
    yes(room.as("ann", { type: "set-media", kind: "webcam", on: true }));
    const decision = room.api(setPermissions({ ann: ["JOIN", "SEND_VIDEO"] }, "3"));
    expect(outcome(decision)).toEqual(["participant-invited", "permissions-changed", "stream-disabled"]);
    expect(eventOf(decision, "stream-disabled").body).toEqual({
      participantId: "ann",
      kind: "mic",
      by: BACK_END,
    });
    expect(room.in("ann").view).toMatchObject({ micOn: false, webcamOn: true });
    expect(outcome(room.as("ann", setMic(true)))).toBe("not_permitted");
  });

  test("K5: what a moderator takes or gives is not undone by coming again", () => {
    const room = conference();
    seatWith(room, "mod", ALL);
    yes(room.api(invite({ ann: ["JOIN", "INVITE"] })));
    const ways = { ann: client(passOf("ann")), bob: client(), eve: { permissions: ["allow_join"] } } as const;
    for (const [id, arrival] of Object.entries(ways)) yes(room.join(id, arrival));
    yes(room.as("mod", take("ann", "allow_join")));
    yes(room.as("mod", give("bob", "allow_mod")));
    yes(room.as("mod", take("eve", "allow_join")));
    for (const [id, arrival] of Object.entries(ways)) {
      yes(room.as(id, { type: "leave" }));
      yes(room.join(id, arrival));
    }
    expect(room.in("ann").view.permissions).toEqual([]);
    expect(room.in("bob").view.permissions).toEqual(["allow_mod"]);
    expect(room.in("eve").view.permissions).toEqual([]);
    // The conference access token is as good as before.
    expect(room.state.invitations.get("ann")).toMatchObject({ passId: "pass-1-ann", permissions: ["JOIN"] });
  });

  test("K5: the change does not let in who was not invited to enter", () => {
    const room = conference();
    seatWith(room, "mod", ALL);
    yes(room.api(invite({ ann: ["SEND_AUDIO"] })));
    yes(room.join("ann", client()));
    yes(room.as("mod", admit("ann")));
    yes(room.as("mod", give("ann", "allow_join")));
    yes(room.as("mod", remove("ann")));
    expect(outcome(room.join("ann", { ...client(), token: "newer" }))).toEqual(["entry-requested"]);
  });

  test("K5: from a token that names nobody, what was taken stays taken", () => {
    const room = conference();
    seatWith(room, "mod", ALL);
    const anonymous = { ...client(), bound: false, token: "shared" };
    yes(room.join("ann", anonymous));
    yes(room.api(setPermissions({ ann: ["JOIN", "SEND_MESSAGE"] })));
    yes(room.as("ann", { type: "leave" }));
    yes(room.join("ann-again", anonymous));
    expect(listOf(room, "ann-again")).toEqual(["JOIN", "SEND_MESSAGE"]);
  });
});

test("K4, M4: sent back to the lobby, one keeps what one may do", () => {
  const room = conference();
  seatWith(room, "host", ALL);
  seatWith(room, "ann", ["JOIN", "KICK"]);
  yes(room.as("host", sendBack("ann")));
  expect(outcome(room.join("ann", { ...client(), token: "newer" }))).toEqual(["entry-resumed"]);
  yes(room.as("host", admit("ann")));
  expect(listOf(room, "ann")).toEqual(["JOIN", "KICK"]);
});
