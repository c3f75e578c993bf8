import { DataTable, Empty, Section, Status, Time, type Column } from '#web/kit/index.ts'
import { inStage, type InStage } from '../../rollout/schema.ts'
import { kindWords, principalPath } from '../principal-path.ts'

const columns = (version: number): readonly Column<InStage>[] => [
  { key: 'label', header: 'Who', cell: (one) => one.label },
  {
    key: 'kind',
    header: 'Kind',
    cell: (one) => kindWords[one.kind],
    wideOnly: true,
  },
  {
    key: 'state',
    header: 'Given',
    cell: (one) =>
      one.state === 'served' ? (
        <Status meaning="allowed">version {version}</Status>
      ) : one.state === 'waiting' ? (
        <Status>not yet</Status>
      ) : (
        <Status>never fetched</Status>
      ),
  },
  {
    key: 'last',
    header: 'Last fetch',
    cell: (one) =>
      one.last ? (
        <>
          <Time at={one.last.at} />
          {one.last.version !== null && one.last.version !== version
            ? ` (version ${one.last.version})`
            : ''}
        </>
      ) : (
        <Time at={null} />
      ),
    align: 'right',
  },
]

/** Who is in the stage, and what each was given. */
export function InStageList({
  policyId,
  version,
}: {
  readonly policyId: string
  readonly version: number
}) {
  return (
    <Section
      title="Who is in the stage"
      about="What each was given by Gatehouse. Whether a client reports that it uses it is not shown here; what disagrees is under Drift."
    >
      <DataTable
        name="rollout"
        label="Who is in the stage"
        prefix="s_"
        path={`/api/v1/policies/${policyId}/rollout/principals`}
        schema={inStage}
        columns={columns(version)}
        rowKey={(one) => `${one.kind} ${one.id}`}
        rowLink={(one) => principalPath(one)}
        rowName={(one) => one.label}
        search="Address or name"
        filters={[
          {
            key: 'kind',
            label: 'Kind',
            options: [
              { value: 'member', label: 'Members' },
              { value: 'enrolment', label: 'Enrolments' },
              { value: 'service_account', label: 'Service accounts' },
            ],
          },
          {
            key: 'served',
            label: 'Given',
            options: [
              { value: 'yes', label: `Given version ${version}` },
              { value: 'no', label: 'Not yet' },
            ],
          },
        ]}
        empty={
          <Empty title="Nobody is in the stage">
            The stage names groups, enrolments or a share in which nobody gets this policy.
          </Empty>
        }
      />
    </Section>
  )
}
