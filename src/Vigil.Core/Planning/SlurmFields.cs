using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Vigil.Planning;

/// <summary>What a run asks of Slurm, field by field, for telling two plans apart. How it is packed does not matter: no attempt sees it.</summary>
internal static class SlurmFields
{
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, string> Of(SlurmJob? job)
    {
        if (job is null) return None;
        var fields = None.ToBuilder();
        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value)) fields[key] = value;
        }
        Add("host", job.Host);
        Add("cluster", job.Cluster);
        foreach (var option in job.Sbatch) Add($"sbatch.{option.Name}", option.Value ?? "true");
        if (job.AsksForTimeLeft) Add("resubmit_time", "left");
        if (job.Chain != 1) Add("chain", job.Chain.ToString(CultureInfo.InvariantCulture));
        if (job.Script is { } script) AddScript(script, Add);
        return fields.ToImmutable();
    }

    private static void AddScript(SlurmScript script, Action<string, string?> add)
    {
        add("sbatch_extra_directives", string.Join("; ", script.Directives));
        foreach (var variable in script.Env) add($"env.{variable.Name}", $"'{variable.Value}'");
        add("env_file", script.EnvFile);
        add("modules", string.Join(' ', script.Modules));
        add("setup", Short(script.Setup));
        if (script.Launcher is not Launcher.None) add("launcher", script.Launcher.ToString().ToLowerInvariant());
        add("launcher_args", string.Join(' ', script.LauncherOptions));
        add("launcher_cmd", Short(script.LauncherText));
        foreach (var option in script.Srun) add($"srun.{option.Name}", option.Value ?? "true");
        add("srun_opts", script.SrunText);
        add("template", Short(script.Template));
        if (script.Container is not { } container) return;
        add("container", $"{container.Runtime.ToString().ToLowerInvariant()} {container.Place}");
        add("container.binds", string.Join(' ', container.Binds));
        add("container.env", string.Join(' ', container.Env.Select(static v => $"{v.Name}={v.Value}").Concat(container.PassedEnv)));
        add("container.options", string.Join(' ', container.Options));
        add("container.pwd", container.Folder);
        add("container.activate_script", container.ActivateScript);
    }

    /// <summary>A text of several lines is told by its first line and a hash of all.</summary>
    private static string? Short(string? text) => text is null || !text.Contains('\n', StringComparison.Ordinal) ? text
        : $"{text[..text.IndexOf('\n', StringComparison.Ordinal)]} … ({Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4))})";
}
