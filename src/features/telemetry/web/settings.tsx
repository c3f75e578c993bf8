import { CopyBlock, Loaded, Page, Section, Status, useApi } from '#web/kit/index.ts'
import { telemetryPage } from '../schema.settings.ts'
import { RelayFacts } from './relay-facts.tsx'
import { Removal } from './removal.tsx'
import { SettingsForm } from './settings-form.tsx'
import { Switch } from './switch.tsx'

/** What clients report, what of it is kept, and where it goes. */
export function TelemetrySettingsScreen() {
  const answer = useApi(['telemetry'], '/api/v1/telemetry/settings', telemetryPage)
  return (
    <Loaded of={answer}>
      {(page) => (
        <Page
          title="Telemetry"
          about="What clients report about themselves, what of it is kept, and where it is passed on to."
          width="narrow"
          mark={
            page.settings.collect ? (
              <Status meaning="allowed">collected</Status>
            ) : (
              <Status meaning="neutral">off</Status>
            )
          }
          actions={<Switch page={page} />}
        >
          {/* Anew after each change: it begins with what is stored. */}
          <SettingsForm key={page.settings.version} page={page} />
          {page.settings.relay && <RelayFacts relay={page.relay} url={page.settings.relay.url} />}
          <Section
            title="What is delivered"
            about="These lines stand behind each policy; where git_… is, each client and each enrolment has a token of its own. A policy that brings an [otel] wins, key by key."
          >
            <CopyBlock title="requirements.toml" text={page.block} />
          </Section>
          <Removal />
        </Page>
      )}
    </Loaded>
  )
}
