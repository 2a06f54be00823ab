import { useEffect, useState } from 'preact/hooks';

/** Whether a media query holds now. */
export function useMedia(words: string): boolean {
  const [holds, set] = useState(() => matchMedia(words).matches);
  useEffect(() => {
    const query = matchMedia(words);
    const changed = () => set(query.matches);
    changed();
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [words]);
  return holds;
}
