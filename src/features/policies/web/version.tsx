import { useCallback } from 'react'
import { Group } from '@mantine/core'
import { z } from 'zod'
import {
  Facts,
  Id,
  LinkButton,
  Loaded,
  Page,
  Section,
  Time,
  TomlEditor,
  useAddress,
  useApi,
  useParam,
} from '#web/kit/index.ts'
import { policyDetail, versionText } from '../schema.ts'
import { DownloadMenu } from './files/download-menu.tsx'
import { VersionMarks } from './versions.tsx'

const view = z.object({ line: z.coerce.number().int().min(1).optional().catch(undefined) })

/** One version as it was published, for good. */
export function VersionScreen() {
  const id = useParam('policyId')
  const number = useParam('number')
  const path = `/api/v1/policies/${id}/versions/${number}`
  const policy = useApi(['policies', id], `/api/v1/policies/${id}`, policyDetail)
  const version = useApi(['policy-version', path], path, versionText)
  return (
    <Loaded of={policy}>
      {(p) => (
        <Loaded of={version}>
          {(v) => (
            <Page
              title={`${p.name}, version ${v.number}`}
              trail={[
                { label: 'Policies', to: '/policies' },
                { label: p.name, to: `/policies/${id}` },
              ]}
              mark={<VersionMarks of={v} />}
              about={v.message}
              actions={
                <Group gap="xs">
                  {v.number > 1 && (
                    <LinkButton
                      variant="default"
                      to={`/policies/${id}`}
                      search={{ tab: 'versions', from: v.number - 1, to: v.number }}
                    >
                      What changed
                    </LinkButton>
                  )}
                  <DownloadMenu path={`${path}/files`} defaults={v.defaults !== ''} />
                </Group>
              }
            >
              <Facts
                of={[
                  [v.rollout === null ? 'Published' : 'Made', <Time key="at" at={v.at} />],
                  ['By', v.author],
                  ['Checked by', v.checkVersion],
                  ['SHA-256', <Id key="sha" value={v.sha256} />],
                  ['Id', <Id key="id" value={v.id} />],
                ]}
              />
              <Section title="requirements.toml">
                <VersionText text={v.text} label={`requirements.toml, version ${v.number}`} />
              </Section>
              {v.defaults !== '' && (
                <Section title="Defaults (config.toml)">
                  <TomlEditor
                    value={v.defaults}
                    readOnly
                    label={`config.toml, version ${v.number}`}
                  />
                </Section>
              )}
            </Page>
          )}
        </Loaded>
      )}
    </Loaded>
  )
}

/** The text, at the line that the address names. */
function VersionText({ text, label }: { readonly text: string; readonly label: string }) {
  const [{ line }] = useAddress(view)
  const show = useCallback(
    (to: (offset: number) => void) => {
      if (line === undefined) return
      const before = text.split('\n').slice(0, line - 1)
      to(before.reduce((sum, one) => sum + one.length + 1, 0))
    },
    [text, line],
  )
  return <TomlEditor value={text} readOnly label={label} onReady={show} />
}
