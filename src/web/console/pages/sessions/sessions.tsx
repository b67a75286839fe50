/** The sessions of an app, newest first. */
import { useState } from "preact/hooks";
import { listSessions, type Session, type SessionFilter } from "../../api/sessions.js";
import { Badge, Empty, Link, Loaded, Page, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { ChoiceField, Form, TextField } from "../../parts/form.js";
import { Pager, Table, type Column } from "../../parts/table.js";
import { useConsole, useLive } from "../../state/console.js";
import { fromInput, lengthOnClock } from "../../words/time.js";
import { RoomLink } from "../rooms/rooms.js";

/** How long a session lasted, or has lasted so far. */
export function Lasted({ session }: { readonly session: Pick<Session, "start" | "end"> }) {
  const { surroundings } = useConsole();
  return <span class="tabular">{lengthOnClock((session.end ?? surroundings.now()) - session.start)}</span>;
}

/** Whether a session goes on. */
export function SessionBadge({ status }: Pick<Session, "status">) {
  return status === "ongoing" ? <Badge tone="ok">goes on</Badge> : <Badge>over</Badge>;
}

const COLUMNS: readonly Column<Session>[] = [
  {
    head: "Session",
    cell: ({ id }) => <Link to={{ page: "session", sessionId: id }}>{id}</Link>,
  },
  { head: "Room", cell: (session) => <RoomLink room={session} /> },
  { head: "State", cell: ({ status }) => <SessionBadge status={status} /> },
  { head: "Began", cell: ({ start }) => <When at={start} /> },
  { head: "Ended", cell: ({ end }) => (end === null ? "–" : <When at={end} />) },
  { head: "Length", numeric: true, cell: (session) => <Lasted session={session} /> },
  { head: "Attended", numeric: true, cell: ({ participants }) => participants.length },
];

const ANY: SessionFilter = { roomId: "", userId: "", status: "", startDate: null, endDate: null };

/** The page of sessions. */
export function SessionsPage() {
  const { app } = useConsole();
  const [filter, setFilter] = useState(ANY);
  const [page, setPage] = useState(1);
  const live = useLive(listSessions(app, page, filter), 2_000);
  const isFiltered = Object.values(filter).some((value) => value !== "" && value !== null);
  return (
    <Page title="Sessions" live={live}>
      <Section title="Find">
        <Filter
          onFilter={(wanted) => {
            setPage(1);
            setFilter(wanted);
          }}
        />
      </Section>
      <Section title="Sessions">
        <Loaded live={live} what="sessions">
          {(list) =>
            list.items.length === 0 ? (
              <Empty title={isFiltered ? "No session fits." : "There was no session yet."}>
                {isFiltered
                  ? "Leave some of the conditions out."
                  : "A session begins when the first one is let into a room."}
              </Empty>
            ) : (
              <>
                <Table label="Sessions" columns={COLUMNS} rows={list.items} idOf={({ id }) => id} />
                <Pager list={list} onPage={setPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function Filter({ onFilter }: { readonly onFilter: (filter: SessionFilter) => void }) {
  const [roomId, setRoomId] = useState("");
  const [userId, setUserId] = useState("");
  const [status, setStatus] = useState<SessionFilter["status"]>("");
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  return (
    <Form
      label="Find sessions"
      onSubmit={() =>
        onFilter({
          roomId: roomId.trim(),
          userId: userId.trim(),
          status,
          startDate: fromInput(since),
          endDate: fromInput(until),
        })
      }
      buttons={
        <>
          <Button submits>Apply</Button>
          <Button
            weight="quiet"
            onPress={() => {
              setRoomId("");
              setUserId("");
              setStatus("");
              setSince("");
              setUntil("");
              onFilter(ANY);
            }}
          >
            Reset
          </Button>
        </>
      }
    >
      <div class="columns many">
        <TextField label="Room" name="roomId" value={roomId} onValue={setRoomId} />
        <TextField label="Participant id" name="userId" value={userId} onValue={setUserId} />
        <ChoiceField
          label="State"
          name="status"
          value={status}
          onValue={setStatus}
          choices={[
            ["", "any"],
            ["ongoing", "goes on"],
            ["ended", "over"],
          ]}
        />
        <TextField
          label="Began after"
          name="startDate"
          type="datetime-local"
          value={since}
          onValue={setSince}
        />
        <TextField
          label="Began before"
          name="endDate"
          type="datetime-local"
          value={until}
          onValue={setUntil}
        />
      </div>
    </Form>
  );
}
