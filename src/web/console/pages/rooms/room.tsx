/** One room: what goes on in it, its settings, its record of admissions. */
import { getRoom, type Room } from "../../api/rooms.js";
import { Badge, Link, Loaded, Page } from "../../parts/basics.js";
import { useConsole, useLive } from "../../state/console.js";
import type { RoomPart } from "../../state/router.js";
import { RoomAdmissions } from "./admissions.js";
import { RoomNow } from "./now.js";
import { RoomSettingsForm } from "./settings.js";
import { STATUS_TONES } from "./rooms.js";

const PARTS: Readonly<Record<RoomPart, string>> = {
  now: "Now",
  settings: "Settings",
  admissions: "Admission record",
};
const IN_ORDER: readonly RoomPart[] = ["now", "settings", "admissions"];

/** The page of a room. */
export function RoomPage({ roomId, part }: { readonly roomId: string; readonly part: RoomPart }) {
  const { app } = useConsole();
  const room = useLive(getRoom(app, roomId), 3_000);
  const name = room.data?.customRoomId ?? roomId;
  return (
    <Page
      title={`Room ${name}`}
      wide={part === "now"}
      live={room}
      aside={room.data !== null && <Badge tone={STATUS_TONES[room.data.status]}>{room.data.status}</Badge>}
    >
      <p class="row">
        <Link to={{ page: "rooms" }}>All rooms</Link>
        <code class="muted small">{roomId}</code>
        <Link to={{ page: "mint", roomId }}>Make a test token</Link>
      </p>
      <nav class="tabs" aria-label="Room">
        {IN_ORDER.map((one) => (
          <Link key={one} to={{ page: "room", roomId, part: one }} current={one === part}>
            {PARTS[one]}
          </Link>
        ))}
      </nav>
      <Loaded live={room} what="the room">
        {(data) => <RoomBody room={data} part={part} onChanged={room.again} />}
      </Loaded>
    </Page>
  );
}

function RoomBody(props: { readonly room: Room; readonly part: RoomPart; readonly onChanged: () => void }) {
  const { room, part, onChanged } = props;
  switch (part) {
    case "now":
      return <RoomNow room={room} />;
    case "settings":
      return <RoomSettingsForm room={room} onChanged={onChanged} />;
    case "admissions":
      return <RoomAdmissions room={room} />;
  }
}
