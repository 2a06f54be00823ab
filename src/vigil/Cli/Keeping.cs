using System.Collections.Immutable;
using System.Text;
using Vigil.Platform;
using Vigil.Rendering;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary><c>vigil doctor --install</c>: lets this machine call <c>vigil watch --all</c> again and again, by systemd or by cron, so that watches come back after a reboot or a kill. Doing it twice changes nothing.</summary>
internal sealed class Keeping(CliContext context, ProcessRunner programs)
{
    private const string Begin = "# vigil watch --all: begin (vigil doctor --install wrote these lines; without them nothing watches by itself)", End = "# vigil watch --all: end";
    private const string Unit = "vigil-watch";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>What the watches need of this environment, where it is set.</summary>
    private static readonly ImmutableArray<string> Variables = ["PATH", "SLURM_CONF", "XDG_STATE_HOME", "VIGIL_RUN_DIR", "DOTNET_ROOT"];

    public async Task<int> RunAsync(Answer answer, CancellationToken stop)
    {
        try { return await InstallAsync(answer, stop); }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException) { return Refused("the disk", refusal.Message); }
    }

    private async Task<int> InstallAsync(Answer answer, CancellationToken stop)
    {
        if ((await programs.RunAsync(["systemctl", "--user", "show-environment"], Limit, stop)).Succeeded) return await SystemdAsync(answer, stop);
        if (await programs.RunAsync(["crontab", "-l"], Limit, stop) is { ExitCode: not null } table)
        {
            if (table.Succeeded) return await CronAsync(table.Output, answer, stop);
            // Only this answer means that there is nothing to lose: what is installed replaces the whole table.
            return table.Errors.Contains("no crontab", StringComparison.OrdinalIgnoreCase) ? await CronAsync("", answer, stop) : Refused("crontab -l", table.Errors);
        }
        context.Out.WriteLine("There is no systemd of yours here, and no crontab. Let whatever starts programs on this machine run this every ten minutes:");
        context.Out.WriteLine($"  {Command}");
        return ExitCode.RunsFailed;
    }

    private string Command => $"env {string.Join(' ', Set.Select(static v => $"{v.Name}={Bash.Quote(v.Value)}"))} {Bash.Quote(Installed.Program)} watch --all";

    private IEnumerable<(string Name, string Value)> Set => from name in Variables let value = name == "PATH" ? string.Join(':', (context.Environment(name) ?? "").Split(':').Distinct()) : context.Environment(name) where value is { Length: > 0 } && !value.Contains('\n', StringComparison.Ordinal) select (name, value);

    private async Task<int> CronAsync(string table, Answer answer, CancellationToken stop)
    {
        // In a crontab '%' is the end of the line.
        var command = Command.Replace("%", "\\%", StringComparison.Ordinal);
        var lines = $"{Begin}\n@reboot {command} >/dev/null 2>&1\n*/10 * * * * {command} >/dev/null 2>&1\n{End}\n";
        if (Without(table) is not { } others) return Refused("vigil", $"your crontab has the line '{Begin}' and no '{End}' after it, so what follows may be yours; take that line out with crontab -e");
        var wanted = others + lines;
        if (wanted == table) return Already("your crontab");
        Show("These lines go into your crontab:", lines);
        if (!Agreed(answer)) return ExitCode.UserMistake;
        var file = Path.Combine(Path.GetTempPath(), $"vigil-crontab-{Guid.NewGuid():n}");
        try
        {
            AtomicFile.Write(file, wanted);
            var outcome = await programs.RunAsync(["crontab", file], Limit, stop);
            return outcome.Succeeded ? Done("To undo it: crontab -e, and delete the lines between the marks.") : Refused("crontab", outcome.Errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The table without our lines; those of others stay as they are. Null: where ours end cannot be told.</summary>
    private static string? Without(string table)
    {
        var kept = new StringBuilder();
        var ours = false;
        foreach (var line in table.TrimEnd('\n').Split('\n'))
        {
            ours |= line == Begin;
            if (!ours && (line.Length > 0 || kept.Length > 0)) kept.Append(line).Append('\n');
            ours &= line != End;
        }
        return ours ? null : kept.ToString();
    }

    private async Task<int> SystemdAsync(Answer answer, CancellationToken stop)
    {
        var folder = context.Environment("XDG_CONFIG_HOME") is ['/', ..] config ? config : Path.Combine(context.Environment("HOME") ?? "/", ".config");
        folder = Path.Combine(folder, "systemd", "user");
        (string Path, string Text)[] files = [(Path.Combine(folder, $"{Unit}.service"), Service()), (Path.Combine(folder, $"{Unit}.timer"), Timer)];
        if (files.All(static f => File.Exists(f.Path) && File.ReadAllText(f.Path) == f.Text) && await IsEnabledAsync(stop)) return Already("systemd");
        foreach (var (path, text) in files) Show($"{path}:", text);
        if (!Agreed(answer)) return ExitCode.UserMistake;
        Directory.CreateDirectory(folder);
        foreach (var (path, text) in files) AtomicFile.Write(path, text);
        foreach (var words in (ImmutableArray<string>[])[["systemctl", "--user", "daemon-reload"], ["systemctl", "--user", "enable", "--now", $"{Unit}.timer"]])
            if (await programs.RunAsync(words, Limit, stop) is { Succeeded: false } refused) return Refused(string.Join(' ', words), refused.Errors);
        var linger = await programs.RunAsync(["loginctl", "show-user", Environment.UserName, "--property=Linger", "--value"], Limit, stop);
        if (linger.Output.Trim() != "yes") context.Out.WriteLine("systemd ends your programs when you log out. So that watches stay: loginctl enable-linger");
        return Done($"To undo it: systemctl --user disable --now {Unit}.timer");
    }

    /// <summary>Undoing it leaves the files where they are.</summary>
    private async Task<bool> IsEnabledAsync(CancellationToken stop) => (await programs.RunAsync(["systemctl", "--user", "is-enabled", $"{Unit}.timer"], Limit, stop)).Succeeded;

    /// <summary>Only the looking-over is the unit's: the watches that it starts, and the jobs of theirs, are not ended with it.</summary>
    private string Service()
    {
        var text = new StringBuilder("[Unit]\nDescription=Watches over Vigil's experiments that nobody watches\n\n[Service]\nType=oneshot\nKillMode=process\n");
        foreach (var (name, value) in Set) text.Append("Environment=").Append(Quoted($"{name}={value}")).Append('\n');
        return text.Append("ExecStart=").Append(Quoted(Installed.Program).Replace("$", "$$", StringComparison.Ordinal)).Append(" watch --all\n").ToString();
    }

    private const string Timer = "[Unit]\nDescription=Watches over Vigil's experiments that nobody watches\n\n[Timer]\nOnStartupSec=1min\nOnUnitActiveSec=10min\n\n[Install]\nWantedBy=timers.target\n";

    /// <summary>One word as systemd reads it.</summary>
    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal)}\"";

    private void Show(string title, string text)
    {
        context.Out.WriteLine(title);
        foreach (var line in text.TrimEnd('\n').Split('\n')) context.Out.WriteLine($"  {line}");
        context.Out.Flush();
    }

    private bool Agreed(Answer answer) => answer is Answer.Yes || Talk.Ask(context, "Install it?");

    private int Already(string where)
    {
        context.Out.WriteLine($"It is installed already, in {where}; nothing was changed.");
        return ExitCode.Done;
    }

    private int Done(string undo)
    {
        context.Out.WriteLine("Installed: every ten minutes, and after a reboot, experiments of yours that nobody watches are watched again.");
        context.Out.WriteLine(undo);
        return ExitCode.Done;
    }

    private int Refused(string who, string words)
    {
        context.Talk.WriteLine($"error RUN053: {who} refused: {words.Trim()}");
        return ExitCode.RunsFailed;
    }
}

/// <summary>Whether a question has been answered already.</summary>
internal enum Answer { Open, Yes }
