import { api, Forbidden, Loaded, Page, useApi, useCan, useGo, useParam } from '#web/kit/index.ts'
import { alert, type Alert, type NewAlert } from '../schema.ts'
import { AlertForm } from './form.tsx'
import { path } from './words.tsx'

const about =
  'It tells when a figure of analytics is not as you want it. Nothing is refused because of it.'

/** A new budget or other alert. */
export function NewAlertScreen() {
  const go = useGo()
  const may = useCan('alerts.manage')
  if (!may) return <Forbidden permission="alerts.manage" />
  return (
    <Page title="New alert" trail={trail} about={about} width="narrow">
      <AlertForm
        action="Make alert"
        save={(body) => api.post(path, { body, schema: alert })}
        onSaved={({ id }) => go(`/alerts/${id}`)}
      />
    </Page>
  )
}

/** The same of one that is there. */
export function EditAlertScreen() {
  const id = useParam('alertId')
  const answer = useApi(['alerts', id], `${path}/${id}`, alert)
  return <Loaded of={answer}>{(one) => <Edit of={one} />}</Loaded>
}

function Edit({ of }: { readonly of: Alert }) {
  const go = useGo()
  const here = `/alerts/${of.id}`
  return (
    <Page
      title={`Change “${of.name}”`}
      trail={[...trail, { label: of.name, to: here }]}
      about="With another rule it begins anew: a firing that goes on ends."
      width="narrow"
    >
      <AlertForm
        action="Save"
        of={of}
        save={(body: NewAlert) =>
          api.put(`${path}/${of.id}`, { body: { ...body, revision: of.revision }, schema: alert })
        }
        onSaved={() => go(here)}
      />
    </Page>
  )
}

const trail = [{ label: 'Alerts', to: '/alerts' }]
