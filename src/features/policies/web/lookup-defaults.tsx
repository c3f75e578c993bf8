import { useMemo, useState } from 'react'
import { Alert, Stack } from '@mantine/core'
import { composeDefaults, rowsOf, type DefaultsLayer } from '#requirements/index.ts'
import { Rows, Section } from '#web/kit/index.ts'
import type { Lookup } from '../lookup/schema.ts'
import { columnsFor } from './lookup-in-force.tsx'
import { MachineFile } from './lookup-machine.tsx'

/** What people start with and may override, and beside a person's own file what she ends up with. */
export function Defaults({ of: policy }: { readonly of: NonNullable<Lookup['policy']> }) {
  const [own, setOwn] = useState('')
  const layers = useMemo<DefaultsLayer[]>(() => {
    const name = `${policy.name} v${policy.version}`
    const delivered = { id: policy.id, kind: 'delivered', name, text: policy.defaults } as const
    const user = { id: 'user', kind: 'user', name: ownFile, text: own } as const
    return own === '' ? [delivered] : [delivered, user]
  }, [policy, own])
  const { keys, unreadable } = useMemo(() => composeDefaults(layers), [layers])
  return (
    <Section
      title="Defaults, which people may override"
      about="A person’s own config.toml wins over each of them, and the requirements above win over both. Gatehouse does not know that file unless it is given."
    >
      <Stack gap="md">
        <MachineFile
          label={ownFile}
          about="The file of the person. It stays in the browser."
          text={own}
          onText={setOwn}
        />
        {unreadable.map(({ layer, line, message }) => (
          <Alert key={layer} color="red" title={`${layers[layer]?.name ?? ''}, line ${line}`}>
            {message} A client with this file does not start.
          </Alert>
        ))}
        <Rows
          label="Defaults"
          columns={columnsFor({ layers })}
          rows={rowsOf(keys)}
          rowKey={(row) => row.key}
        />
      </Stack>
    </Section>
  )
}

const ownFile = '~/.codex/config.toml'
