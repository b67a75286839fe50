/** The messages to an endpoint, and sending them again. */
import { useEffect, useState } from "preact/hooks";
import { listDeliveries, replay, type Delivery, type DeliveryStatus } from "../../api/webhooks.js";
import { Badge, Empty, FaultNote, Loaded, Section, When, type Tone } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { ChoiceField } from "../../parts/form.js";
import { Pager, Table, type Column } from "../../parts/table.js";
import { useAction, useConsole, useLive } from "../../state/console.js";

const TONES: Readonly<Record<DeliveryStatus, Tone>> = { pending: "warn", delivered: "ok", failed: "danger" };

/** How the last attempt of a message went. */
export function Outcome({ delivery: { last } }: { readonly delivery: Delivery }) {
  if (last === null) return <>not tried yet</>;
  const { httpStatus, error, tookMs } = last;
  return (
    <span class="tabular">
      {httpStatus === null ? "no answer" : `HTTP ${httpStatus}`}
      {error !== null && error !== `answered ${httpStatus ?? ""}` && <>, {error}</>} ({Math.round(tookMs)} ms)
    </span>
  );
}

/** What was sent. `turn` grows when something has been sent just now. */
export function Deliveries({ id, turn }: { readonly id: string; readonly turn: number }) {
  const { app, say } = useConsole();
  const [page, setPage] = useState(1);
  const [status, setStatus] = useState<DeliveryStatus | "">("");
  const live = useLive(listDeliveries(app, id, page, status), 1_500);
  useEffect(() => {
    if (turn > 0) live.again();
  }, [turn]);
  const again = useAction<number>();
  const send = async (deliveryId: string | null): Promise<void> => {
    const done = await again.run(replay(app, id, deliveryId));
    if (done === null) return;
    say(done.value === 1 ? "One message is sent again." : `${done.value} messages are sent again.`);
    live.again();
  };
  return (
    <Section
      title="Deliveries"
      aside={
        <Button compact onPress={() => void send(null)} isBusy={again.isBusy}>
          Replay all failed
        </Button>
      }
    >
      <div class="narrow">
        <ChoiceField
          label="Show"
          name="status"
          value={status}
          onValue={(chosen) => {
            setPage(1);
            setStatus(chosen);
          }}
          choices={[
            ["", "all"],
            ["pending", "pending"],
            ["delivered", "delivered"],
            ["failed", "failed"],
          ]}
        />
      </div>
      <FaultNote fault={again.fault} />
      <Loaded live={live} what="deliveries">
        {(list) =>
          list.items.length === 0 ? (
            <Empty title={status === "" ? "Nothing was sent yet." : `No message is ${status}.`}>
              {status === "" && "It begins when something happens in a room. Test messages are not listed."}
            </Empty>
          ) : (
            <>
              <Table
                label="Deliveries"
                columns={columnsWith((deliveryId) => void send(deliveryId))}
                rows={list.items}
                idOf={(delivery) => delivery.id}
              />
              <Pager list={list} onPage={setPage} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function columnsWith(onReplay: (deliveryId: string) => void): readonly Column<Delivery>[] {
  return [
    {
      head: "Message",
      cell: ({ webhookType, id }) => (
        <span class="room-name">
          <code>{webhookType}</code>
          <code class="muted small">{id}</code>
        </span>
      ),
    },
    { head: "Room", cell: ({ roomId }) => (roomId === null ? "–" : <code>{roomId}</code>) },
    { head: "Made", cell: ({ createdAt }) => <When at={createdAt} /> },
    { head: "Status", cell: ({ status }) => <Badge tone={TONES[status]}>{status}</Badge> },
    { head: "Attempts", numeric: true, cell: ({ attempts }) => attempts },
    { head: "Last answer", cell: (delivery) => <Outcome delivery={delivery} /> },
    {
      head: "Next try",
      cell: ({ nextAttemptAt }) => (nextAttemptAt === null ? "–" : <When at={nextAttemptAt} />),
    },
    {
      head: "Actions",
      actions: true,
      cell: ({ id, status, webhookType }) =>
        status === "failed" && (
          <Button compact label={`Replay ${webhookType} ${id}`} onPress={() => onReplay(id)}>
            Replay
          </Button>
        ),
    },
  ];
}
