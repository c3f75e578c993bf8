import './setup.css'
import { Alert, List, SimpleGrid, Stack, Tabs, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { z } from 'zod'
import { LinkButton, Loaded, Page, Status, useAddress, useApi } from '#web/kit/index.ts'
import { routes, setup, type Setup } from '../schema.ts'
import { failsOpen } from '../schema.truths.ts'
import { SetupSnippets } from './setup-snippets.tsx'

const view = z.object({ route: z.enum(routes).catch('config_server') })

/** How a machine comes to know who sits in front of it: two routes, with what each ensures and what it does not. */
export function SetupScreen() {
  const answer = useApi(['client-setup'], '/api/v1/client-setup', setup)
  const [{ route }, setView] = useAddress(view)
  return (
    <Page
      title="Connect clients"
      about="Two ways by which Codex on a machine knows its person, so that her groups decide. Machines without a person take an enrolment."
      actions={<LinkButton to="/clients/setup/machine">Lines for machines</LinkButton>}
    >
      <Loaded of={answer}>
        {(all) => (
          <Tabs
            value={route}
            onChange={(chosen) => setView({ route: view.parse({ route: chosen }).route })}
            keepMounted={false}
          >
            <Tabs.List>
              {all.routes.map((one) => (
                <Tabs.Tab key={one.route} value={one.route}>
                  {one.title}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {all.routes.map((one) => (
              <Tabs.Panel key={one.route} value={one.route} pt="lg">
                <OneRoute of={one} />
              </Tabs.Panel>
            ))}
          </Tabs>
        )}
      </Loaded>
    </Page>
  )
}

function OneRoute({ of }: { readonly of: Setup['routes'][number] }) {
  const fails = of.route === 'workspace'
  return (
    <Stack gap="lg">
      <div>
        <Text maw={760}>{of.summary}</Text>
        <Text component="div" mt="xs">
          {fails ? (
            <Status meaning="forbidden">no policy when signed out</Status>
          ) : (
            <Status meaning="allowed">fails closed</Status>
          )}
        </Text>
      </div>
      {fails && (
        <Alert
          color="yellow"
          icon={<IconAlertTriangle size={18} aria-hidden />}
          title="This route can be left"
        >
          {failsOpen}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Sentences title="What it ensures" of={of.ensures} />
        <Sentences
          title="What it does not"
          of={of.doesNot.filter((sentence) => sentence !== failsOpen)}
        />
      </SimpleGrid>
      <section>
        <Title order={2} mb="xs">
          On the machine
        </Title>
        <SetupSnippets of={of.snippets} />
      </section>
    </Stack>
  )
}

function Sentences({ title, of }: { readonly title: string; readonly of: readonly string[] }) {
  return (
    <section className="gh-setup-sentences">
      <Title order={2} mb="xs">
        {title}
      </Title>
      <List size="sm" spacing={6}>
        {of.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </section>
  )
}
