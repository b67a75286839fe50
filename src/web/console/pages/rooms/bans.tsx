/** Who may not come into a room. */
import { bannedBy, liftBan, type Ban, type Place } from "../../api/live.js";
import { FaultNote, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Table, type Column } from "../../parts/table.js";
import { useAction, useConsole } from "../../state/console.js";

/** The bans of a room, and their end. */
export function Bans(props: {
  readonly place: Place;
  readonly bans: readonly Ban[];
  readonly onDone: () => void;
}) {
  const { place, bans, onDone } = props;
  const { say } = useConsole();
  const lift = useAction<null>();
  const run = async (participantId: string): Promise<void> => {
    if ((await lift.run(liftBan(place, participantId))) === null) return;
    say(`The ban of ${participantId} is lifted.`);
    onDone();
  };
  const columns: readonly Column<Ban>[] = [
    { head: "Participant", cell: ({ participantId }) => <code>{participantId}</code> },
    { head: "By", cell: (ban) => bannedBy(ban) },
    { head: "Reason", cell: ({ note }) => note ?? "–" },
    { head: "Since", cell: ({ at }) => <When at={at} /> },
    {
      head: "Actions",
      actions: true,
      cell: ({ participantId }) => (
        <Button compact label={`Lift the ban of ${participantId}`} onPress={() => void run(participantId)}>
          Lift
        </Button>
      ),
    },
  ];
  return (
    <Section title={`Banned (${bans.length})`}>
      <FaultNote fault={lift.fault} />
      <Table label="Banned" columns={columns} rows={bans} idOf={({ participantId }) => participantId} />
    </Section>
  );
}
