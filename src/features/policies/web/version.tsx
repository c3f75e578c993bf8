import { Button, Group } from '@mantine/core'
import {
  Facts,
  Id,
  LinkButton,
  Loaded,
  Page,
  Section,
  Time,
  TomlEditor,
  useApi,
  useParam,
} from '#web/kit/index.ts'
import { policyDetail, versionText } from '../schema.ts'
import { VersionMarks } from './versions.tsx'

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
                  <Button
                    component="a"
                    variant="default"
                    href={`${path}/requirements.toml`}
                    download
                  >
                    Download
                  </Button>
                </Group>
              }
            >
              <Facts
                of={[
                  ['Published', <Time key="at" at={v.at} />],
                  ['By', v.author],
                  ['Checked by', v.checkVersion],
                  ['SHA-256', <Id key="sha" value={v.sha256} />],
                  ['Id', <Id key="id" value={v.id} />],
                ]}
              />
              <Section title="requirements.toml">
                <TomlEditor
                  value={v.text}
                  readOnly
                  label={`requirements.toml, version ${v.number}`}
                />
              </Section>
            </Page>
          )}
        </Loaded>
      )}
    </Loaded>
  )
}
