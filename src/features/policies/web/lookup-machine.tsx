import { useId } from 'react'
import {
  Accordion,
  Button,
  FileButton,
  Group,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { MAX_BYTES } from '#requirements/index.ts'

/** What lies on a machine; what is left out is not there. */
export interface Files {
  readonly system: string | undefined
  readonly legacy: string | undefined
  readonly mdm: string | undefined
}
export const noFiles: Files = { system: undefined, legacy: undefined, mdm: undefined }

interface MachineProps {
  readonly files: Files
  readonly onChange: (files: Files) => void
  readonly host: string
  readonly clients: 'current' | 'older'
  readonly onView: (view: {
    readonly host?: string | undefined
    readonly clients?: 'current' | 'older' | undefined
  }) => void
}

/** The files of one machine, typed, pasted or opened. They stay in the browser until the table is saved as a file. */
export function MachineFiles({ files, onChange, host, clients, onView }: MachineProps) {
  const set = (kind: keyof Files) => (text: string) =>
    onChange({ ...files, [kind]: text === '' ? undefined : text })
  const present = Object.values(files).some((text) => text !== undefined)
  return (
    <Accordion
      variant="contained"
      defaultValue={host !== '' || clients !== 'current' ? 'machine' : null}
    >
      <Accordion.Item value="machine">
        <Accordion.Control>
          The machine’s own files{' '}
          {present && (
            <Text span c="dimmed" size="sm">
              (given)
            </Text>
          )}
        </Accordion.Control>
        <Accordion.Panel>
          <Stack gap="md">
            <MachineFile
              label="/etc/codex/requirements.toml"
              about="What your administrators put on the machine. What is delivered wins over it, key by key."
              text={files.system}
              onText={set('system')}
            />
            <MachineFile
              label="/etc/codex/managed_config.toml"
              about="Approval policy, sandbox mode and reviewer of this file win over what is delivered."
              text={files.legacy}
              onText={set('legacy')}
            />
            <MachineFile
              label="Device management"
              about="requirements_toml_base64 of the profile, decoded. That it wins over everything is documented; nobody here has tried it."
              text={files.mdm}
              onText={set('mdm')}
            />
            <Group gap="lg" align="flex-end">
              <TextInput
                label="Name of the machine"
                description="For remote_sandbox_config"
                placeholder="runner-01.ci.example"
                value={host}
                onChange={(event) => onView({ host: event.currentTarget.value || undefined })}
              />
              <div>
                <SegmentedControl
                  aria-label="Which clients"
                  value={clients}
                  onChange={(value) => onView({ clients: value === 'older' ? 'older' : undefined })}
                  data={[
                    { value: 'current', label: 'Codex 0.169' },
                    { value: 'older', label: 'Before July 2026' },
                  ]}
                />
                {clients === 'older' && (
                  <Text size="sm" c="dimmed" mt={4}>
                    As those clients are documented; compared with none.
                  </Text>
                )}
              </div>
            </Group>
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}

/** One file, typed, pasted or opened. */
export function MachineFile(props: {
  readonly label: string
  readonly about: string
  readonly text: string | undefined
  readonly onText: (text: string) => void
}) {
  const { label, about, text = '', onText } = props
  const id = useId()
  const open = (file: File | null) => {
    void file
      ?.slice(0, MAX_BYTES + 1)
      .text()
      .then(onText)
  }
  return (
    <div>
      <Group justify="space-between" align="flex-end" mb={4}>
        <label htmlFor={id} className="gh-machine-label">
          {label}
        </label>
        <FileButton onChange={open} accept=".toml,text/plain">
          {(button) => (
            <Button {...button} variant="default" size="compact-sm">
              Open a file
            </Button>
          )}
        </FileButton>
      </Group>
      <Textarea
        id={id}
        description={about}
        classNames={{ input: 'gh-machine-text' }}
        autosize
        minRows={2}
        maxRows={12}
        spellCheck={false}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </div>
  )
}
