// The script of the answer panel: draws what the extension posts.
export {};
