using System.Text;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>What a setting is for a point: an axis names it and parts siblings; an axis within a stage only names it; a companion of a stage and a default do neither.</summary>
internal enum SettingRole { Axis, WithinStage, Companion, Default }

/// <summary>One key that points set, and why. All points with this value share it, so what is worked out about it is worked out once.</summary>
internal sealed class SweepSetting(string key, SourceSpan keyAt, ConfigNode value, SettingRole role)
{
    private PointCoordinate? _coordinate;
    private string? _canonical;

    public string Key => key;
    public SourceSpan KeyAt => keyAt;
    public ConfigNode Value => value;
    public SettingRole Role => role;

    /// <summary>Whether the key is a config group: the value chooses files, and the whole configuration is composed with that choice.</summary>
    public bool IsChoice { get; init; }

    /// <summary>Whether a key chooses files: as a path, with a package, or by being a config group.</summary>
    public static bool Chooses(string key, Func<string, bool> isGroup) => key.Contains('/', StringComparison.Ordinal) || key.Contains('@', StringComparison.Ordinal) || isGroup(key);

    public string[] Path { get; } = key.Split('.');

    /// <summary>Whether the value's text is known only when the point's tree is resolved.</summary>
    public bool Interpolates { get; } = value is ConfigNode.Scalar { Text: var text } && TemplateParser.MayInterpolate(text);

    public bool MentionsSibling { get; } = SiblingScan.Mentions(value);

    /// <summary>The coordinate of every point that has this setting; its text is the value as written.</summary>
    public PointCoordinate Coordinate => _coordinate ??= new(key, Text(value), role) { Setting = this };

    /// <summary>Equal for values that mean the same, however they are written: <c>1e-4</c> and <c>0.0001</c>.</summary>
    public string Canonical => _canonical ??= value switch
    {
        ConfigNode.Scalar scalar when Interpolates => scalar.Text,
        ConfigNode.Scalar scalar => YamlText.Of(scalar),
        _ => PythonText.Repr(value),
    };

    public static string Text(ConfigNode value) => value switch
    {
        ConfigNode.Scalar scalar => ScalarValue.IsNull(scalar) ? "null" : scalar.Text,
        var container => PythonText.Repr(container),
    };

    /// <summary>A value as a part of a name: a list is its items.</summary>
    public static string NamePart(ConfigNode value)
    {
        if (value is ConfigNode.Scalar) return Clean(Text(value));
        var name = new StringBuilder();
        AppendParts(value, name);
        return Clean(name.ToString());
    }

    /// <summary>Only letters, digits, <c>.</c>, <c>+</c> and <c>-</c> stand in names.</summary>
    public static string Clean(string text)
    {
        var dirty = false;
        foreach (var c in text) dirty |= !IsNameSign(c);
        return dirty ? string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = IsNameSign(source[i]) ? source[i] : '-';
        }) : text;
    }

    private static bool IsNameSign(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '-';

    private static void AppendParts(ConfigNode node, StringBuilder name)
    {
        if (name.Length > 0 && node is ConfigNode.Scalar) name.Append('-');
        switch (node)
        {
            case ConfigNode.Scalar scalar: name.Append(Text(scalar)); break;
            case ConfigNode.Sequence list:
                foreach (var item in list.Items) AppendParts(item, name);
                break;
            case ConfigNode.Mapping map:
                foreach (var entry in map.Entries)
                {
                    if (name.Length > 0) name.Append('-');
                    name.Append(entry.Key);
                    AppendParts(entry.Value, name);
                }
                break;
        }
    }
}

/// <summary>One key that a point sets and the text of its value as written.</summary>
internal sealed record PointCoordinate(string Key, string Text, SettingRole Role)
{
    private string? _name;

    public required SweepSetting Setting { get; init; }

    /// <summary>False where the point keeps this as its coordinate while another of its settings gives the key its value.</summary>
    public bool IsInForce { get; init; } = true;

    /// <summary>The value as it stands in a run's name.</summary>
    public string Name => _name ??= Setting.Interpolates ? SweepSetting.Clean(Text) : SweepSetting.NamePart(Setting.Value);
}
