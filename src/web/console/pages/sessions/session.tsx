/** One session: who was there, from when to when. */
import { useState } from "preact/hooks";
import { getSession, listAttendance, type Attendance, type Session } from "../../api/sessions.js";
import { Empty, Facts, Link, Loaded, Page, Section, When } from "../../parts/basics.js";
import { Pager, Table, type Column } from "../../parts/table.js";
import { Timeline } from "../../plot/timeline.js";
import { useConsole, useLive } from "../../state/console.js";
import { lengthOnClock } from "../../words/time.js";
import { RoomLink } from "../rooms/rooms.js";
import { Lasted, SessionBadge } from "./sessions.js";

/** The page of a session. */
export function SessionPage({ sessionId }: { readonly sessionId: string }) {
  const { app } = useConsole();
  const live = useLive(getSession(app, sessionId), 2_000);
  return (
    <Page
      title="Session"
      live={live}
      aside={live.data !== null && <SessionBadge status={live.data.status} />}
    >
      <p class="row">
        <Link to={{ page: "sessions" }}>All sessions</Link>
        <code class="muted small">{sessionId}</code>
      </p>
      <Loaded live={live} what="the session">
        {(session) => (
          <>
            <Section title="The session">
              <Facts
                rows={[
                  ["Room", <RoomLink key="room" room={session} />],
                  ["Began", <When key="start" at={session.start} />],
                  ["Ended", session.end === null ? "it goes on" : <When key="end" at={session.end} />],
                  ["Length", <Lasted key="length" session={session} />],
                ]}
              />
            </Section>
            <AttendanceOf session={session} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function AttendanceOf({ session }: { readonly session: Session }) {
  const { app, surroundings } = useConsole();
  const [page, setPage] = useState(1);
  const live = useLive(listAttendance(app, session.id, page), 2_000);
  const now = surroundings.now();
  return (
    <Section title="Attendance">
      <Loaded live={live} what="who attended">
        {(list) =>
          list.items.length === 0 ? (
            <Empty title="Nobody attended." />
          ) : (
            <>
              <Timeline session={session} people={list.items} now={now} />
              <Table
                label="Attendance"
                columns={columnsAt(now)}
                rows={list.items}
                idOf={({ participantId }) => participantId}
              />
              <Pager list={list} onPage={setPage} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function columnsAt(now: number): readonly Column<Attendance>[] {
  return [
    {
      head: "Participant",
      cell: ({ name, participantId }) => (
        <span class="room-name">
          <bdi>{name === "" ? participantId : name}</bdi>
          <code class="muted small">{participantId}</code>
        </span>
      ),
    },
    {
      head: "In and out",
      cell: ({ stays }) => (
        <ul>
          {stays.map(({ start, end }) => (
            <li key={start}>
              <When at={start} /> – {end === null ? "now" : <When at={end} />}
            </li>
          ))}
        </ul>
      ),
    },
    {
      head: "Together",
      numeric: true,
      cell: ({ stays }) => (
        <span class="tabular">
          {lengthOnClock(stays.reduce((sum, { start, end }) => sum + ((end ?? now) - start), 0))}
        </span>
      ),
    },
  ];
}
