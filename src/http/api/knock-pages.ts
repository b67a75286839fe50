/** The pages of a knock link. They work without scripts, on a phone, and in the dark. */
import { LIMITS } from "../../protocol/limits.js";
import type { Knock, RoomState } from "../../room/state.js";
import { cardPage, decidedText, markup, type Html } from "../page.js";
import type { Room } from "./services.js";

type Decision = NonNullable<ReturnType<RoomState["decisions"]["get"]>>;

/** The question, with a button for each answer. `action`: where the answer goes; `now` in epoch milliseconds. */
export function knockPage({ view, person }: Knock, room: Room, action: string, now: number): string {
  const { participantId, name, since, expiresAt, returned } = view;
  const who = name === "" ? participantId : name;
  return cardPage(
    "Somebody is waiting",
    markup`<dl>
        <dt>Who</dt>
        <dd><strong><bdi>${who}</bdi></strong></dd>
        <dt>Id</dt>
        <dd><bdi>${participantId}</bdi>, ${person.bound ? "named by their token" : "chosen by themselves"}</dd>
        <dt>Room</dt>
        <dd><bdi>${room.customRoomId ?? room.roomId}</bdi></dd>
        <dt>Since</dt>
        <dd>${moment(since)} (${span(now - since)})</dd>
        <dt>Until</dt>
        <dd>${moment(expiresAt)}</dd>
      </dl>
      ${returned ? markup`<p>They were in the room before and were sent back to the lobby.</p>` : markup``}
      <form method="post" action="${action}">
        <input type="hidden" name="decision" value="allow" />
        <button class="yes">Admit</button>
      </form>
      <form method="post" action="${action}">
        <input type="hidden" name="decision" value="deny" />
        <label for="note">Reason, told to them (may be left out)</label>
        <input id="note" name="note" maxlength="${LIMITS.noteLength}" autocomplete="off" />
        <button class="no">Deny</button>
      </form>`,
  );
}

/** What a press of a button did. */
export function answeredPage(
  { participantId }: { readonly participantId: string },
  allowed: boolean,
): string {
  const what = allowed
    ? markup`is admitted and enters the room now.`
    : markup`is told that you denied the entry.`;
  return cardPage(
    allowed ? "Admitted" : "Denied",
    markup`<p><strong><bdi>${participantId}</bdi></strong> ${what}</p>`,
  );
}

/** That somebody else was first. */
export function decidedPage({ decision, by }: Decision): string {
  const [name, id] =
    by.kind === "participant" ? [by.name, by.participantId] : [by.kind === "api" ? by.name : "", by.kind];
  return cardPage("This knock is answered", decidedText(decision === "allowed", name ?? "", id));
}

function moment(at: number): Html {
  const iso = new Date(at).toISOString();
  return markup`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}

function span(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "just now";
  return minutes === 1
    ? "1 minute ago"
    : minutes < 120
      ? `${minutes} minutes ago`
      : `${Math.floor(minutes / 60)} hours ago`;
}
