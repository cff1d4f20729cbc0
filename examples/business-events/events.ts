/** Events as Event Grid delivers them: https://learn.microsoft.com/azure/event-grid/event-schema */

/** A confirmed purchase order of Dynamics 365. */
export function purchaseOrderEvent(id: string, number = "00000042"): object[] {
  return [
    {
      id,
      topic: "/subscriptions/contoso/resourceGroups/erp/providers/Microsoft.EventGrid/topics/business-events",
      subject: "PurchaseOrderConfirmedBusinessEvent",
      eventType: "PurchaseOrderConfirmedBusinessEvent",
      eventTime: "2026-11-20T09:30:00Z",
      dataVersion: "",
      metadataVersion: "1",
      data: {
        BusinessEventId: "PurchaseOrderConfirmedBusinessEvent",
        BusinessEventLegalEntity: "USMF",
        EventId: id,
        EventTime: "/Date(1795167000000)/",
        LegalEntity: "USMF",
        PurchaseJournal: `${number}-1`,
        PurchaseOrderNumber: number,
        TransactionCurrencyAmount: 1234.5,
        TransactionCurrencyCode: "USD",
        VendorAccount: "US-101",
      },
    },
  ];
}

/** The question whether a subscription's events are wanted. */
export function validationEvent(code: string): object[] {
  return [
    {
      id: "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
      topic: "/subscriptions/contoso",
      subject: "",
      eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
      eventTime: "2026-11-20T09:00:00Z",
      dataVersion: "1",
      metadataVersion: "1",
      data: {
        validationCode: code,
        validationUrl: "https://rp-eastus2.eventgrid.azure.net/eventsubscriptions/validate",
      },
    },
  ];
}
