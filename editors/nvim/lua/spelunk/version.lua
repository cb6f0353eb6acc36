-- The version of the plugin, which is that of the server of the same release.

return "0.1.0"
