import { z } from 'zod'
import { actOf, Empty, LinkButton, Loaded, Page, useAddress } from '#web/kit/index.ts'
import type { Act } from '../../schema.act.ts'
import { ImpactView } from './impact-view.tsx'
import { ImpactReplay } from './replay.tsx'
import { useImpact } from './use-impact.ts'
import { wordsOf } from './words.ts'

/** The whole effect of the act that the address names. Nothing is done here. */
export function ImpactScreen() {
  const [search] = useAddress(z.looseObject({}))
  const act = actOf(search)
  if (act) return <ImpactOf act={act} />
  return (
    <Page title="Impact" width="narrow">
      <Empty title="No act to look at" action={<LinkButton to="/policies">Policies</LinkButton>}>
        Before an act that changes somebody’s policy, its question leads here. This address names no
        act, or one that only the browser it comes from knows.
      </Empty>
    </Page>
  )
}

function ImpactOf({ act }: { readonly act: Act }) {
  const answer = useImpact(act)
  const { title, to } = wordsOf(act)
  return (
    <Page
      title={`Impact: ${title.toLowerCase()}`}
      about="What it would do at this moment. Nothing has happened yet."
      actions={
        <LinkButton variant="default" to={to}>
          To where it is done
        </LinkButton>
      }
    >
      <Loaded of={answer}>
        {(impact) => (
          <>
            <ImpactView act={act} impact={impact} />
            <ImpactReplay act={act} impact={impact} />
          </>
        )}
      </Loaded>
    </Page>
  )
}
