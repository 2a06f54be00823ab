using Vigil.Configuration;

namespace Vigil.Spec;

/// <summary>How a setting is written as an option.</summary>
internal enum OptionStyle
{
    /// <summary><c>lr_decay: 3</c> is <c>--lr-decay 3</c>.</summary>
    Dashes,

    /// <summary><c>lr_decay: 3</c> is <c>--lr_decay 3</c>; a mapping within gives <c>--training.steps 3</c>.</summary>
    Underscores,

    /// <summary><c>lr_decay: 3</c> is <c>lr_decay=3</c>; a mapping within gives <c>optimizer.lr=3</c>.</summary>
    Equals,
}

/// <summary>How true and false are written.</summary>
internal enum OptionBools
{
    /// <summary>True is the option alone; false is left out.</summary>
    Flags,

    /// <summary><c>True</c> and <c>False</c>, as Python reads them.</summary>
    Values,
}

/// <summary>How a trainer takes its options.</summary>
/// <param name="Each">A word before each setting, as in <c>-M model_path=/x</c>; null: none.</param>
internal sealed record OptionForm(OptionStyle Style, OptionBools Bools, string? Each = null)
{
    private const string BoolsKey = "bools", EachKey = "each", Forms = "{dashes: …} for --lr-decay 3, {underscores: …} for --lr_decay 3, {equals: …} for lr_decay=3";

    public static OptionForm Default { get; } = new(OptionStyle.Dashes, OptionBools.Flags);

    private static readonly (string Key, OptionForm Form)[] Known =
        [("dashes", Default), ("underscores", new(OptionStyle.Underscores, OptionBools.Flags)), ("equals", new(OptionStyle.Equals, OptionBools.Values))];

    /// <summary>What an item of a command such as <c>{underscores: {lr: 3}, bools: values}</c> asks for; null, with a diagnostic, when it names no form.</summary>
    public static (OptionForm Form, ConfigNode Options)? Of(ConfigNode.Mapping item, string path, DiagnosticBag report)
    {
        foreach (var (key, form) in Known)
            if (item[key] is { } options && item.Entries.All(e => e.Key == key || e.Key is BoolsKey or EachKey))
                return HowBools(item, form, path, report) is { } bools ? (form with { Bools = bools, Each = (item[EachKey] as ConfigNode.Scalar)?.Text }, options) : null;
        report.Error("CFG059", item.At, $"'{path}' is a mapping, and does not say how its settings are written as options", Forms);
        return null;
    }

    private static OptionBools? HowBools(ConfigNode.Mapping item, OptionForm form, string path, DiagnosticBag report)
    {
        switch (item[BoolsKey])
        {
            case null: return form.Bools;
            case ConfigNode.Scalar { Text: "flags" }: return OptionBools.Flags;
            case ConfigNode.Scalar { Text: "values" }: return OptionBools.Values;
            case var other:
                report.Error("CFG059", other.At, $"'{path}.{BoolsKey}' must be flags (the option alone, or nothing) or values (True, False), not {Binder.Describe(other)}");
                return null;
        }
    }
}
