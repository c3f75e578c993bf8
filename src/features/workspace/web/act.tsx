import { Diff, Facts, Id, Loaded, Page, Section, Time, useApi, useParam } from '#web/kit/index.ts'
import { actWords } from './act-names.ts'
import { auditRecord } from '../schema.ts'

const lines = (value: unknown): string =>
  value === undefined ? '' : `${JSON.stringify(value, null, 2)}\n`

export function ActScreen() {
  const id = useParam('recordId')
  const answer = useApi(['activity', id], `/api/v1/activity/${id}`, auditRecord)
  return (
    <Loaded of={answer}>
      {(r) => (
        <Page
          title={actWords(r.action)}
          trail={[{ label: 'Activity', to: '/activity' }]}
          about={<Id value={r.id} />}
        >
          <Section title="Facts">
            <Facts
              of={[
                ['Act', <code key="act">{r.action}</code>],
                ['When', <Time key="at" at={r.at} />],
                ['Who', `${r.actor.label} (${r.actor.kind})`],
                ['What', `${r.target.label} (${r.target.kind})`],
                [
                  'Touches',
                  r.touches === undefined ? 'nobody’s policy' : `${r.touches} effective policies`,
                ],
                ['From address', r.ip ?? 'this machine'],
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
