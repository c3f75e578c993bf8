import { useState } from 'react'
import { Button, List, Radio, Stack, Text } from '@mantine/core'
import { TEMPLATES, type Template } from '#requirements/index.ts'
import { api, Marked, useGo } from '#web/kit/index.ts'
import { policyDetail } from '../schema.ts'
import { NameDialog } from './name-dialog.tsx'

/** Makes a policy; its draft starts from a template, or from the least that the check finds good. */
export function NewPolicy() {
  const [opened, setOpened] = useState(false)
  const [id, setId] = useState(shortest.id)
  const go = useGo()
  const chosen = starts.find((start) => start.id === id) ?? shortest
  return (
    <>
      <Button onClick={() => setOpened(true)}>New policy</Button>
      <NameDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title="New policy"
        action="Make policy"
        hint="Developers see it as the source of a restriction."
        start={{ name: '', description: '' }}
        act={(body) =>
          api.post('/api/v1/policies', {
            body: { ...body, text: chosen.text },
            schema: policyDetail,
          })
        }
        onDone={(made) => go(`/policies/${made.id}`)}
      >
        <Radio.Group label="Start from" value={id} onChange={setId}>
          <Stack gap={8} mt={6}>
            {starts.map((start) => (
              <Radio
                key={start.id}
                size="xs"
                value={start.id}
                label={start.name}
                description={`${start.about} ${start.for}`}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Explained of={chosen} />
      </NameDialog>
    </>
  )
}

function Explained({ of: { does, doesNot } }: { readonly of: Template }) {
  return (
    <Stack gap={6}>
      <Points of={does} />
      {doesNot.length > 0 && (
        <>
          <Text size="xs" fw={500}>
            What it does not do
          </Text>
          <Points of={doesNot} />
        </>
      )}
    </Stack>
  )
}

const Points = ({ of }: { readonly of: readonly string[] }) => (
  <List size="xs" spacing={2}>
    {of.map((point) => (
      <List.Item key={point}>
        <Marked text={point} />
      </List.Item>
    ))}
  </List>
)

const shortest: Template = {
  id: 'shortest',
  name: 'Two settings',
  about: 'Ask before leaving the sandbox, and no work without one.',
  for: 'To write the rest yourself.',
  does: [],
  doesNot: [],
  text: `# What agents may do. Keys that are left out are not limited.
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_approval_policies = ["on-request"]
`,
}
const starts: readonly Template[] = [shortest, ...TEMPLATES]
