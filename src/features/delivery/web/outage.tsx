import { Button, Text } from '@mantine/core'
import { Facts, Section, Status, Time, useCan, plural } from '#web/kit/index.ts'
import type { DeliveryState } from '../schema.ts'
import { When } from './words.tsx'

const hours = (ms: number): string => plural(Math.round(ms / 3_600_000), 'hour')

/** From where policies are served now, how long that lasts without a database, and the way out when all else fails. */
export function Outage({ of }: { readonly of: DeliveryState }) {
  const can = useCan('enrolments.manage')
  const canRead = useCan('policies.read')
  return (
    <Section
      title="When something is down"
      about="Clients refuse to start without an answer, so answers go on while the database is away."
    >
      <Facts
        of={[
          [
            'Served from',
            of.downSince === null ? (
              <Status meaning="allowed">memory, confirmed by the database</Status>
            ) : (
              <span>
                <Status meaning="forbidden">memory, unconfirmed</Status> since{' '}
                <Time at={of.downSince} />
              </span>
            ),
          ],
          ['Last confirmed', <When key="c" at={of.confirmedAt} />],
          [
            'Without a database, answers last',
            `${hours(of.maxAgeMs)}; for a signed-in client until its access token ends`,
          ],
          [
            'Known',
            `${plural(of.keys, 'key')} with ${plural(of.bundles, 'bundle')}, ${plural(of.accessTokens, 'access token')}`,
          ],
          ['File for a start without a database', <code key="p">{of.file.path}</code>],
          [
            'Fetch counts lost by a kill',
            `at most the last ${plural(of.lostAtMostMs / 1000, 'second')}`,
          ],
        ]}
      />
      {can && canRead && (
        <>
          <Text size="sm" mt="md" mb="xs">
            Break glass: every policy as files that any web server can serve to enrolled machines,
            with instructions in them. Keep one where you keep backups.
          </Text>
          <Button
            component="a"
            href="/api/v1/break-glass"
            download="gatehouse-break-glass.json"
            variant="default"
          >
            Download the export
          </Button>
        </>
      )}
    </Section>
  )
}
