import {
  Diff,
  Facts,
  Id,
  Link,
  Loaded,
  Page,
  Section,
  Time,
  useApi,
  useParam,
} from '#web/kit/index.ts'
import { actWords } from '../../workspace/web/act-names.ts'
import { placedRecord } from '../schema.ts'

const lines = (value: unknown): string =>
  value === undefined ? '' : `${JSON.stringify(value, null, 2)}\n`

export function RecordScreen() {
  const id = useParam('recordId')
  const answer = useApi(['activity', id], `/api/v1/activity/${id}`, placedRecord)
  return (
    <Loaded of={answer}>
      {(r) => (
        <Page
          title={actWords(r.action)}
          trail={[{ label: 'Audit', to: '/audit' }]}
          about={<Id value={r.id} />}
        >
          <Section title="Facts">
            <Facts
              of={[
                ['Act', <code key="act">{r.action}</code>],
                ['When', <Time key="at" at={r.at} />],
                [
                  'Who',
                  <All
                    key="who"
                    of="actor"
                    id={r.actor.id}
                    label={`${r.actor.label} (${r.actor.kind})`}
                  />,
                ],
                [
                  'What',
                  <All
                    key="what"
                    of="target"
                    id={r.target.id}
                    label={`${r.target.label} (${r.target.kind})`}
                  />,
                ],
                [
                  'Touches',
                  r.touches === undefined ? 'nobody’s policy' : `${r.touches} effective policies`,
                ],
                ['From address', r.ip ?? addressless(r.actor.kind)],
                [
                  'In the chain',
                  r.place === null ? (
                    'waits to be linked, for less than a second'
                  ) : (
                    <Link key="place" to="/audit/chain">
                      {`no. ${r.place.seq.toLocaleString('en')}`}
                    </Link>
                  ),
                ],
                ['Request', r.requestId === null ? '–' : <Id key="request" value={r.requestId} />],
              ]}
            />
          </Section>
          {lines(r.before) !== lines(r.after) && (
            <Section title="Before and after">
              <Diff
                before={lines(r.before)}
                after={lines(r.after)}
                beforeLabel="Before"
                afterLabel="After"
              />
            </Section>
          )}
        </Page>
      )}
    </Loaded>
  )
}

/** Where it came from when no address is said: by an operator here, by nobody, or from several that were summed up. */
const addressless = (kind: string): string =>
  kind === 'operator' ? 'this machine' : kind === 'system' ? '–' : 'many addresses'

interface AllProps {
  readonly of: 'actor' | 'target'
  /** Empty: nobody or nothing that more is known of. */
  readonly id: string
  readonly label: string
}

/** Leads to everything else that the same one did, or that was done to the same thing. */
function All({ of, id, label }: AllProps) {
  if (id === '') return label
  return (
    <Link to="/audit" search={{ [of]: id }}>
      {label}
    </Link>
  )
}
