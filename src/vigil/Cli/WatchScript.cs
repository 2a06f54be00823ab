using System.Text;
using Vigil.Rendering;
using Vigil.Spec;

namespace Vigil.Cli;

/// <summary>The script of a watch that runs as a Slurm job.</summary>
internal static class WatchScript
{
    /// <param name="options">Of <c>--as-job</c>, so that the successor asks for the same.</param>
    public static string Render(string program, string dir, string experiment, IEnumerable<string> options)
    {
        var vigil = Bash.Quote(program);
        var script = new StringBuilder("#!/bin/bash\n");
        script.Append("# The watch over ").Append(new string([.. experiment.Where(static c => !char.IsControl(c))])).Append(", as a job that hands over to its successor before its time is up. Written by vigil.\n");
        script.Append("dir=").Append(Bash.Quote(dir)).Append('\n');
        script.Append("hand_over() {\n  ").Append(vigil).Append(" watch \"$dir\" --as-job --successor");
        foreach (var option in options) script.Append(' ').Append(Bash.Quote(option));
        // The trap runs once, and the watch goes on until its successor is with Slurm.
        script.Append(" && kill -TERM \"$watch\" && handed=1\n}\n");
        script.Append("handed=\ntrap hand_over USR1\ntrap 'kill -TERM \"$watch\"' TERM INT\n");
        script.Append(vigil).Append(" watch \"$dir\" &\nwatch=$!\n");
        // A signal ends the waiting and not what is waited for.
        script.Append("while wait \"$watch\"; code=$?; kill -0 \"$watch\" 2>/dev/null; do :; done\n");
        script.Append("((code > 128)) && { wait \"$watch\"; code=$?; }\n");
        script.Append("[[ $handed ]] && exit 0\nexit \"$code\"\n");
        return script.ToString();
    }
}
