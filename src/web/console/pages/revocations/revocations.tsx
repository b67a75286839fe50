/** Tokens that are good no more, whatever they say. */
import { useState } from "preact/hooks";
import { liftRevocation, listRevocations, type Revocation, type Revoked } from "../../api/revocations.js";
import { Empty, Loaded, Page, Section, When } from "../../parts/basics.js";
import { Button } from "../../parts/buttons.js";
import { Confirm } from "../../parts/dialog.js";
import { Pager, Table, type Column } from "../../parts/table.js";
import { useAction, useConsole, useLive } from "../../state/console.js";
import { RevokeForm } from "./revoke-form.js";

/** The page of revocations. */
export function RevocationsPage() {
  const { app, say } = useConsole();
  const [page, setPage] = useState(1);
  const live = useLive(listRevocations(app, page), 3_000);
  const [lifting, setLifting] = useState<Revocation | null>(null);
  const lift = useAction<null>();
  const act = async ({ id }: Revocation): Promise<void> => {
    if ((await lift.run(liftRevocation(app, id))) === null) return;
    setLifting(null);
    say("The revocation is lifted.");
    live.again();
  };
  return (
    <Page title="Revocations" live={live}>
      <RevokeForm onRevoked={live.again} />
      <Section title="In force">
        <Loaded live={live} what="revocations">
          {(list) =>
            list.items.length === 0 ? (
              <Empty title="Nothing is revoked.">
                To end what a token can do, revoke it above. To keep a person out, ban them in the room.
              </Empty>
            ) : (
              <>
                <Table
                  label="Revocations"
                  columns={columnsWith(setLifting)}
                  rows={list.items}
                  idOf={({ id }) => id}
                />
                <Pager list={list} onPage={setPage} />
              </>
            )
          }
        </Loaded>
      </Section>
      {lifting !== null && (
        <Confirm
          title="Lift the revocation?"
          act="Lift"
          weight="primary"
          isBusy={lift.isBusy}
          fault={lift.fault}
          onAct={() => void act(lifting)}
          onClose={() => {
            lift.clear();
            setLifting(null);
          }}
        >
          <p>
            <Whom revoked={lifting.revoked} />: such tokens are good again, as far as they have not expired.
          </p>
        </Confirm>
      )}
    </Page>
  );
}

function Whom({ revoked }: { readonly revoked: Revoked }) {
  switch (revoked.type) {
    case "token":
      return (
        <>
          the token <code>{revoked.jti}</code>
        </>
      );
    case "participant":
      return (
        <>
          tokens of <code>{revoked.participantId}</code>
          {revoked.roomId !== null && (
            <>
              {" "}
              in room <code>{revoked.roomId}</code>
            </>
          )}
          , issued before <When at={revoked.before} />
        </>
      );
    case "key":
      return (
        <>
          tokens of the key <code>{revoked.key}</code>, issued before <When at={revoked.before} />
        </>
      );
    case "all":
      return (
        <>
          every token issued before <When at={revoked.before} />
        </>
      );
  }
}

function columnsWith(onLift: (item: Revocation) => void): readonly Column<Revocation>[] {
  return [
    { head: "What", cell: ({ revoked }) => <Whom revoked={revoked} /> },
    { head: "Revoked", cell: ({ at }) => <When at={at} /> },
    { head: "By", cell: ({ by }) => <code>{by}</code> },
    { head: "Note", cell: ({ note }) => note ?? "–" },
    { head: "Kept until", cell: ({ until }) => (until === null ? "for ever" : <When at={until} />) },
    {
      head: "Actions",
      actions: true,
      cell: (item) => (
        <Button compact label={`Lift revocation ${item.id}`} onPress={() => onLift(item)}>
          Lift…
        </Button>
      ),
    },
  ];
}
