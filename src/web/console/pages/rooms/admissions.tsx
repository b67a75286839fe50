/** The record of who knocked and who came in, and why. */
import { useState } from "preact/hooks";
import { actorName } from "../../api/actor.js";
import { exportAdmissions, listAdmissions, type AdmissionEntry } from "../../api/admissions.js";
import type { Room } from "../../api/rooms.js";
import { Badge, Empty, FaultNote, Loaded, Section, When, type Tone } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Table, type Column } from "../../parts/table.js";
import { useAction, useConsole, useLive } from "../../state/console.js";

const TONES: Readonly<Record<string, Tone>> = {
  admitted: "ok",
  joined: "ok",
  rejoined: "ok",
  denied: "danger",
  knocked: "warn",
  reknocked: "warn",
  "events-lost": "danger",
};

const COLUMNS: readonly Column<AdmissionEntry>[] = [
  { head: "When", cell: ({ at }) => <When at={at} /> },
  { head: "What", cell: ({ what }) => <Badge tone={TONES[what] ?? "plain"}>{what}</Badge> },
  {
    head: "Who",
    cell: ({ name, participantId }) => (
      <span class="room-name">
        <bdi>{name === "" ? (participantId ?? "–") : name}</bdi>
        {name !== "" && participantId !== null && <code class="muted small">{participantId}</code>}
      </span>
    ),
  },
  {
    head: "Decided by",
    cell: ({ decidedBy, rule }) => {
      const who = decidedBy === null ? "–" : actorName(decidedBy, (id, name) => (name === "" ? id : name));
      return rule === null ? who : `${who} (${rule})`;
    },
  },
  {
    head: "Why",
    cell: ({ reason, note }) => [reason, note].filter((text) => text !== null).join(": ") || "–",
  },
  {
    head: "Key",
    cell: ({ token }) =>
      token === null ? (
        "–"
      ) : (
        <span class="room-name">
          <code>{token.key}</code>
          {token.jti !== null && <code class="muted small">{token.jti}</code>}
        </span>
      ),
  },
];

/** The record of a room. */
export function RoomAdmissions({ room }: { readonly room: Room }) {
  const { app, surroundings } = useConsole();
  const place = { app, roomId: room.roomId };
  // The beginnings of the parts before this one, so that one can go back.
  const [trail, setTrail] = useState<readonly (string | null)[]>([null]);
  const live = useLive(listAdmissions(place, trail.at(-1) ?? null), 3_000);
  const file = useAction<string>();
  const save = async (): Promise<void> => {
    const done = await file.run(exportAdmissions(place));
    if (done !== null) surroundings.save(`admissions-${room.roomId}.csv`, done.value);
  };
  return (
    <Section
      title="Admission record"
      aside={
        <Button compact onPress={() => void save()} isBusy={file.isBusy}>
          Export as CSV
        </Button>
      }
    >
      <FaultNote fault={file.fault} />
      <Loaded live={live} what="the record">
        {({ entries, next }) => (
          <>
            {entries.length === 0 ? (
              <Empty title="Nobody has knocked or come in yet.">
                The record is kept beyond the room's end.
              </Empty>
            ) : (
              <Table label="Admission record" columns={COLUMNS} rows={entries} idOf={idOf} />
            )}
            {(next !== null || trail.length > 1) && (
              <nav class="row pager" aria-label="Parts of the record">
                <Button compact disabled={trail.length <= 1} onPress={() => setTrail(trail.slice(0, -1))}>
                  Earlier
                </Button>
                <Button
                  compact
                  disabled={next === null}
                  onPress={() => next !== null && setTrail([...trail, next])}
                >
                  Later
                </Button>
              </nav>
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}

function idOf({ at, seq, what, participantId }: AdmissionEntry): string {
  return [at, seq, what, participantId ?? ""].join(" ");
}
