import { post, Refusal } from "@/api/http"
import type { Job } from "@/api/nouns"
import { JobRow } from "./jobs"
import { tell } from "./notice"

/** A job while it is not done. */
export function Watched({ job, again }: { job: Job | undefined; again: () => void }) {
  if (!job || job.state === "done") return null
  return (
    <ul className="jobs">
      <JobRow
        job={job}
        act={(what) =>
          void post(`/jobs/${job.id}/${what}`)
            .catch((error: unknown) => tell(error instanceof Refusal ? error.sentence : String(error)))
            .finally(again)
        }
      />
    </ul>
  )
}
