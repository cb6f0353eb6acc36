// The names by which the server knows the editor's own models. No editor in here.

/**
 * Names models: by their ids, with the vendor before it where two vendors have the same.
 *
 * @returns in the given order; what is named twice even so only once
 */
export function named<M extends { id: string; vendor: string }>(models: readonly M[]): Map<string, M> {
  const names = new Map<string, M>();
  for (const model of models) {
    const shared = models.some(({ id, vendor }) => id === model.id && vendor !== model.vendor);
    const name = shared ? `${model.vendor}/${model.id}` : model.id;
    if (!names.has(name)) names.set(name, model);
  }
  return names;
}
