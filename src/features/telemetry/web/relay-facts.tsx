import { Facts, plural, Section, Status, Time } from '#web/kit/index.ts'
import type { RelayState } from '../schema.settings.ts'

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** How passing on is going. */
export function RelayFacts({ relay, url }: { readonly relay: RelayState; readonly url: string }) {
  return (
    <Section
      title="Relay"
      about={`Everything that is accepted goes on to ${url}, as it came and in order.`}
    >
      <Facts
        of={[
          [
            'State',
            relay.failingSince === null ? (
              relay.lastSuccessAt === null ? (
                'Nothing was passed on yet.'
              ) : (
                <>
                  <Status meaning="allowed">works</Status> Last: <Time at={relay.lastSuccessAt} />
                </>
              )
            ) : (
              <>
                <Status meaning="forbidden">fails</Status> since <Time at={relay.failingSince} />:{' '}
                {relay.lastError}
              </>
            ),
          ],
          ['Passed on', plural(relay.delivered, 'request')],
          [
            'Waiting',
            `${plural(relay.waiting, 'request')}, ${megabytes(relay.waitingBytes)} of at most ${megabytes(relay.maxBytes)}`,
          ],
          [
            'Not passed on',
            relay.lastLostAt === null ? (
              'None'
            ) : (
              <>
                {plural(relay.lost, 'request')}, last <Time at={relay.lastLostAt} />:{' '}
                {relay.lastLoss}
              </>
            ),
          ],
        ]}
      />
    </Section>
  )
}
