import { useQuery } from "@tanstack/react-query"
import { get, post, Refusal } from "@/api/http"
import type { Job } from "@/api/nouns"
import { isActive, JobRow } from "./jobs"
import { tell } from "./notice"

/** A job as it stands, looked at until it is over. */
export function useJob(id: string | null) {
  return useQuery({
    queryKey: ["job", id],
    queryFn: () => get<Job>(`/jobs/${id}`),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data && !isActive(state.data) ? false : 500),
  })
}

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
