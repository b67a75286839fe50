/** The rooms of an app: those with somebody in them, and all of them. */
import { useState } from "preact/hooks";
import { createRoom, listLiveRooms, listRooms, type LiveRoomRow, type Room } from "../../api/rooms.js";
import { Badge, Empty, Link, Loaded, Page, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Form, TextField } from "../../parts/form.js";
import { Pager, Table, type Column } from "../../parts/table.js";
import { useAction, useConsole, useLive } from "../../state/console.js";

/** A link to a room, by the name that people gave it. */
export function RoomLink({ room }: { readonly room: Pick<Room, "roomId" | "customRoomId"> }) {
  const { roomId, customRoomId } = room;
  return (
    <span class="room-name">
      <Link to={{ page: "room", roomId, part: "now" }}>{customRoomId ?? roomId}</Link>
      {customRoomId !== null && <code class="muted small">{roomId}</code>}
    </span>
  );
}

const LIVE: readonly Column<LiveRoomRow>[] = [
  { head: "Room", cell: (room) => <RoomLink room={room} /> },
  { head: "Participants", numeric: true, cell: ({ participants }) => participants },
  {
    head: "Lobby",
    numeric: true,
    cell: ({ lobby }) => (lobby > 0 ? <Badge tone="warn">{lobby} waiting</Badge> : "0"),
  },
  {
    head: "Seats",
    numeric: true,
    cell: ({ participants, maxParticipants }) => `${participants} of ${maxParticipants}`,
  },
  { head: "Door", cell: ({ locked }) => (locked ? <Badge tone="danger">locked</Badge> : "open") },
  {
    head: "Since",
    cell: ({ startedAt }) => (startedAt === null ? "not started" : <When at={startedAt} />),
  },
];

/** What a room's status looks like. */
export const STATUS_TONES = { enabled: "ok", disabled: "warn", deactivated: "danger" } as const;

const ALL: readonly Column<Room>[] = [
  { head: "Room", cell: (room) => <RoomLink room={room} /> },
  { head: "Status", cell: ({ status }) => <Badge tone={STATUS_TONES[status]}>{status}</Badge> },
  { head: "Most participants", numeric: true, cell: ({ settings }) => settings.maxParticipants },
  { head: "Created", cell: ({ createdAt }) => <When at={createdAt} /> },
];

/** The page of rooms. */
export function RoomsPage() {
  const { app } = useConsole();
  const live = useLive(listLiveRooms(app), 1_500);
  return (
    <Page title="Rooms" live={live}>
      <Section title="Live now">
        <Loaded live={live} what="live rooms">
          {(rooms) =>
            rooms.length === 0 ? (
              <Empty title="Nobody is in a room or waiting before one.">
                Make a room below, <Link to={{ page: "mint", roomId: null }}>make a test token</Link> for it,
                and open its meeting page.
              </Empty>
            ) : (
              <Table label="Live rooms" columns={LIVE} rows={rooms} idOf={({ roomId }) => roomId} />
            )
          }
        </Loaded>
      </Section>
      <AllRooms />
    </Page>
  );
}

function AllRooms() {
  const { app } = useConsole();
  const [page, setPage] = useState(1);
  const [typed, setTyped] = useState("");
  const [wanted, setWanted] = useState("");
  const all = useLive(listRooms(app, page, wanted), 5_000);
  return (
    <Section title="All rooms">
      <div class="columns">
        <Form
          label="Find a room"
          onSubmit={() => {
            setPage(1);
            setWanted(typed.trim());
          }}
          buttons={
            <>
              <Button submits>Find</Button>
              {wanted !== "" && (
                <Button
                  weight="quiet"
                  onPress={() => {
                    setTyped("");
                    setWanted("");
                  }}
                >
                  Show all
                </Button>
              )}
            </>
          }
        >
          <TextField
            label="Find a room"
            name="query"
            type="search"
            value={typed}
            onValue={setTyped}
            hint="The whole room id, or custom room id."
          />
        </Form>
        <CreateRoom />
      </div>
      <Loaded live={all} what="rooms">
        {(list) =>
          list.items.length === 0 ? (
            <Empty title={wanted === "" ? "This app has no room yet." : "There is no room of this id."}>
              {wanted === "" && "Make one with the form above, or over the REST API."}
            </Empty>
          ) : (
            <>
              <Table label="All rooms" columns={ALL} rows={list.items} idOf={({ roomId }) => roomId} />
              <Pager list={list} onPage={setPage} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function CreateRoom() {
  const { app, go } = useConsole();
  const [customRoomId, setCustomRoomId] = useState("");
  const create = useAction<Room>();
  const submit = async (): Promise<void> => {
    const done = await create.run(createRoom(app, customRoomId === "" ? {} : { customRoomId }));
    if (done !== null) go({ page: "room", roomId: done.value.roomId, part: "now" });
  };
  return (
    <Form
      label="Make a room"
      fault={create.fault}
      fields={["customRoomId"]}
      onSubmit={() => void submit()}
      buttons={
        <Button submits isBusy={create.isBusy}>
          Make room
        </Button>
      }
    >
      <TextField
        label="New room: custom room id"
        name="customRoomId"
        value={customRoomId}
        onValue={setCustomRoomId}
        fault={create.fault}
        hint="A name of your own for it; may be empty."
      />
    </Form>
  );
}
