using System.Globalization;
using System.Numerics;
using Vigil.Configuration.Expressions;

namespace Vigil.Configuration.Functions;

/// <summary>What stands in files and folders, as the one who plans sees them.</summary>
internal static class FileResolvers
{
    /// <summary>The names in a file, each once; null without any, so that the option is left out.</summary>
    public static FunctionResult ExcludeNodes(PlainCall call)
    {
        var separator = call.Arguments.Length > 1 ? Answers.Shown(call.Arguments[1]) : ",";
        if (Read(call, Answers.Shown(call.Arguments[0])) is not { } text) return Answers.Null(call);
        var names = text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] != '#')
            .SelectMany(static line => line.Split(',').SelectMany(static part => part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Distinct().ToList();
        return names.Count > 0 ? Answers.Text(call, string.Join(separator, names)) : Answers.Null(call);
    }

    public static FunctionResult TrainConfig(PlainCall call)
    {
        var folder = Answers.Shown(call.Arguments[0]);
        if (Explicit(call) is not { } file)
            return Newest(call, folder) is { } found ? Answers.Text(call, found)
                : new FunctionResult.Refused($"there is no training configuration in '{folder}': neither current.yaml nor config-*.yaml", "name a file as the second argument, or ask with oc.train_config_opt");
        var path = Path.Combine(folder, file);
        return Read(call, path) is null ? new FunctionResult.Refused($"there is no training configuration '{path}'") : Answers.Text(call, path);
    }

    public static FunctionResult TrainConfigOpt(PlainCall call) =>
        Explicit(call) is null && Newest(call, Answers.Shown(call.Arguments[0])) is null ? Answers.Text(call, "") : TrainConfig(call);

    public static FunctionResult PadIter(PlainCall call)
    {
        if (Value.Of(call.Arguments[0]) is Value.None || NumberResolvers.Int(call.Arguments[0]) is not { } step)
            return new FunctionResult.Refused($"oc.pad_iter takes a whole number, not {Binder.Describe(call.Arguments[0])}");
        var digits = BigInteger.Abs(step).ToString(CultureInfo.InvariantCulture);
        return Answers.Text(call, "iter_" + (step.Sign < 0 ? "-" + digits.PadLeft(6, '0') : digits.PadLeft(7, '0')));
    }

    private static string? Explicit(PlainCall call) =>
        call.Arguments.Length > 1 && Value.Of(call.Arguments[1]) is { IsTrue: true } ? Answers.Shown(call.Arguments[1]) : null;

    /// <summary><c>current.yaml</c> where it leads to a file, else the configuration of the largest job number: ids grow, and times of change are not asked for.</summary>
    private static string? Newest(PlainCall call, string folder)
    {
        var current = Path.Combine(folder, "current.yaml");
        if (Read(call, current) is not null) return current;
        if (Absolute(call, folder) is not { } place) return null;
        var name = call.World.ListFolder(place)
            .Where(static n => n.StartsWith("config-", StringComparison.Ordinal) && n.EndsWith(".yaml", StringComparison.Ordinal) && n.Length > "config-.yaml".Length)
            .OrderBy(static n => Number(n)).ThenBy(static n => n, StringComparer.Ordinal).LastOrDefault();
        return name is null ? null : Path.Combine(folder, name);
    }

    private static BigInteger Number(string name)
    {
        var digits = name["config-".Length..^".yaml".Length];
        return digits.Length < 100 && digits.All(char.IsAsciiDigit) ? BigInteger.Parse(digits, CultureInfo.InvariantCulture) : BigInteger.MinusOne;
    }

    private static string? Read(PlainCall call, string path) => Absolute(call, path) is { } place ? call.World.ReadText(place) : null;

    /// <summary>Null for what can be no path: the end of a text in the middle of one.</summary>
    private static string? Absolute(PlainCall call, string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal)) return null;
        if ((path == "~" || path.StartsWith("~/", StringComparison.Ordinal)) && call.World.Environment("HOME") is { Length: > 0 } home) path = home + path[1..];
        return Path.GetFullPath(path, call.Folder);
    }
}
