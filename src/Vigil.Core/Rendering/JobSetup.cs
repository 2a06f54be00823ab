using System.Text;
using Vigil.Planning;
using Vigil.Spec;

namespace Vigil.Rendering;

/// <summary>What happens in the job's subshell before the command: modules, the environment file, the user's lines, an environment that is activated.</summary>
internal static class JobSetup
{
    public static string Of(SlurmScript script, JobCommand command)
    {
        var text = new StringBuilder();
        if (!script.Modules.IsEmpty) text.Append(FindModule).Append("module load ").AppendJoin(' ', script.Modules.Select(Bash.Quote)).Append(" || exit\n");
        if (script.EnvFile is { } file) text.Append("set -a\n. ").Append(command.Word(file)).Append(" || exit\nset +a\n");
        if (script.Setup is { } setup) text.Append(command.Line(setup)).Append('\n');
        return text.Append(Containers.Activation(script.Container, command)).ToString();
    }

    /// <summary>A job's shell is no login shell, and the function may not have come along.</summary>
    private const string FindModule = """
        for vigil_file in /etc/profile.d/modules.sh /etc/profile.d/lmod.sh /etc/profile.d/z00_lmod.sh "${MODULESHOME-}/init/bash" "${LMOD_PKG-}/init/bash"; do
          type module >/dev/null 2>&1 && break
          if [[ -r $vigil_file ]]; then . "$vigil_file"; fi
        done

        """;
}
