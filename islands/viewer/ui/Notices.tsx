import { messageOf } from "../requests/describe_error.ts";
import type { Viewer } from "../state/viewer.ts";
import { Icon } from "./icons.tsx";

/** Lines about failures, delays and updates. None of them covers the middle of the map. */
export function Notices({ viewer }: { viewer: Viewer }) {
  const failures = viewer.panes.value.flatMap(({ sync, refusal }) => [
    ...(sync.failure.value ? [`This hour could not be loaded (${messageOf(sync.failure.value.error)})`] : []),
    ...(refusal.value ? [`The choice could not be shown: ${messageOf(refusal.value.error)}`] : []),
  ]);
  return (
    <div class="notices">
      {failures.map((text) => <p key={text} class="notice failed failure" role="alert">{text}</p>)}
      {viewer.notices.list.value.map(({ kind, text, detail, action }) => (
        <p key={kind} class={`notice ${kind}`} role="status" title={detail}>
          {text}
          {action && (
            <button
              type="button"
              class="link"
              onClick={() => action.run()}
            >
              {action.label}
            </button>
          )}
          <button
            type="button"
            class="dismiss"
            aria-label="Dismiss"
            onClick={() =>
              viewer.notices.dismiss(kind)}
          >
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  );
}
