/** What has happened in a room, newest first. */
import { useState } from "preact/hooks";
import type { RoomEvent } from "../../api/events.js";
import { Empty, FaultNote, Loading, Note, Section, When } from "../../parts/basics.js";
import { ChoiceField } from "../../parts/form.js";
import type { Followed } from "../../state/follow.js";
import { eventLine, eventTone, type Names } from "../../words/events.js";

const KINDS = [
  ["all", "everything"],
  ["door", "the door: knocks, joins, departures"],
  ["media", "microphones and webcams"],
  ["rest", "everything else"],
] as const;
type Kind = (typeof KINDS)[number][0];

function kindOf(type: string): Exclude<Kind, "all"> {
  if (/^(entry|participant|session)-/.test(type)) return "door";
  return /^(mic|webcam|stream|media)-/.test(type) ? "media" : "rest";
}

/** The log of a room as it is written. */
export function EventList({ log, names }: { readonly log: Followed; readonly names: Names }) {
  const { events, isCut, fault, isLoaded } = log;
  const [kind, setKind] = useState<Kind>("all");
  const shown = events.filter(({ type }) => kind === "all" || kindOf(type) === kind).toReversed();
  return (
    <Section title="Events">
      <div class="narrow">
        <ChoiceField label="Show" name="kind" value={kind} onValue={setKind} choices={KINDS} />
      </div>
      {fault?.kind !== "away" && <FaultNote fault={fault} />}
      {!isLoaded && fault === null && <Loading what="events" />}
      {isLoaded && shown.length === 0 && (
        <Empty title="Nothing has happened yet.">Events appear here as they come.</Empty>
      )}
      {shown.length > 0 && (
        <div class="events" tabIndex={0} role="log" aria-label="Events, newest first">
          <ol>
            {shown.map((event) => (
              <EventRow key={`${event.at} ${event.seq}`} event={event} names={names} />
            ))}
          </ol>
        </div>
      )}
      {isCut && <Note tone="plain">Earlier events are not kept any more.</Note>}
    </Section>
  );
}

function EventRow({ event, names }: { readonly event: RoomEvent; readonly names: Names }) {
  return (
    <li class={`event ${eventTone(event.type)}`}>
      <span class="event-seq tabular muted">{event.seq}</span>
      <When at={event.at} />
      <span class="event-line">
        <bdi>{eventLine(event, names)}</bdi> <code class="muted">{event.type}</code>
      </span>
    </li>
  );
}
