using System.Reflection;
using System.Reflection.Emit;

namespace Vigil.Core.Tests.Architecture;

/// <summary>Finds every type that a type mentions: in its ancestry, its signatures and the bodies of its methods.</summary>
internal static class TypeReferences
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    public static IEnumerable<Type> Of(Type type)
    {
        IEnumerable<Type?> found = [type.BaseType, .. type.GetInterfaces()];
        foreach (var field in type.GetFields(Everything)) found = found.Append(field.FieldType);
        foreach (var method in type.GetMethods(Everything)) found = found.Append(method.ReturnType).Concat(OfBody(method));
        foreach (var constructor in type.GetConstructors(Everything)) found = found.Concat(OfBody(constructor));
        return found.OfType<Type>().SelectMany(Parts).Distinct();
    }

    private static IEnumerable<Type?> OfBody(MethodBase method)
    {
        foreach (var parameter in method.GetParameters()) yield return parameter.ParameterType;
        if (method.GetMethodBody() is not { } body) yield break;
        foreach (var local in body.LocalVariables) yield return local.LocalType;
        foreach (var clause in body.ExceptionHandlingClauses.Where(c => c.Flags is ExceptionHandlingClauseOptions.Clause)) yield return clause.CatchType;
        foreach (var member in Members(method, body.GetILAsByteArray() ?? []))
        {
            yield return member as Type ?? member.DeclaringType;
            if (member is MethodInfo called)
            {
                yield return called.ReturnType;
                foreach (var argument in called.GetGenericArguments()) yield return argument;
            }
            if (member is FieldInfo field) yield return field.FieldType;
        }
    }

    private static IEnumerable<MemberInfo> Members(MethodBase method, byte[] code)
    {
        var types = method.DeclaringType?.GetGenericArguments();
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var opcode = code[at] == 0xFE ? OpCodesByValue[unchecked((short)(0xFE00 | code[at + 1]))] : OpCodesByValue[code[at]];
            at += opcode.Size;
            if (opcode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok
                && method.Module.ResolveMember(BitConverter.ToInt32(code, at), types, arguments) is { } member)
                yield return member;
            at += OperandSize(opcode.OperandType, code, at);
        }
    }

    private static int OperandSize(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        if (type.IsGenericParameter) return [];
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()) : [type];
    }
}
